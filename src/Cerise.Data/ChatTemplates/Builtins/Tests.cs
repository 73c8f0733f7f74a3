using System.Numerics;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Everything that may follow 'is'.</summary>
internal static class Tests
{
    public static BuiltinTable Table { get; } = new(
        ("boolean", "", call => BooleanValue.Of(call.Self is BooleanValue)),
        ("callable", "", call => BooleanValue.Of(call.Self.IsCallable)),
        ("defined", "", call => BooleanValue.Of(call.Self is not UndefinedValue)),
        ("undefined", "", call => BooleanValue.Of(call.Self is UndefinedValue)),
        ("divisibleby", "num", call => IsMultiple(call, call[0]!, 0)),
        ("even", "", call => IsMultiple(call, IntegerValue.Of(2), 0)),
        ("odd", "", call => IsMultiple(call, IntegerValue.Of(2), 1)),
        ("escaped", "", call => BooleanValue.Of(call.Self is StringValue { IsMarkup: true })),
        ("false", "", call => BooleanValue.Of(call.Self is BooleanValue { Value: false })),
        ("true", "", call => BooleanValue.Of(call.Self is BooleanValue { Value: true })),
        ("none", "", call => BooleanValue.Of(call.Self is NoneValue)),
        ("float", "", call => BooleanValue.Of(call.Self is FloatValue)),
        ("integer", "", call => BooleanValue.Of(call.Self is IntegerValue)),
        ("number", "", call => BooleanValue.Of(Numbers.IsNumber(call.Self))),
        ("string", "", call => BooleanValue.Of(call.Self is StringValue)),
        ("mapping", "", call => BooleanValue.Of(call.Self is DictValue)),
        ("iterable", "", call => BooleanValue.Of(call.Self.TryIterate(call.State) is not null)),
        ("sequence", "", call => BooleanValue.Of(call.Self is StringValue or SequenceValue or DictValue or RangeValue or UndefinedValue)),
        ("lower", "", call => BooleanValue.Of(CharacterClasses.IsLower(Shown(call)))),
        ("upper", "", call => BooleanValue.Of(CharacterClasses.IsUpper(Shown(call)))),
        ("filter", "", call => BooleanValue.Of(call.Self is StringValue name && Filters.Table.Contains(name.Text))),
        ("test", "", call => BooleanValue.Of(call.Self is StringValue name && Find(name.Text) is not null)),
        ("sameas", "other", call => BooleanValue.Of(IsSame(call.Self, call[0]!))),
        ("in", "seq", Compare("in")),
        ("==", "other", Compare("==")),
        ("eq", "other", Compare("==")),
        ("equalto", "other", Compare("==")),
        ("!=", "other", Compare("!=")),
        ("ne", "other", Compare("!=")),
        (">", "other", Compare(">")),
        ("gt", "other", Compare(">")),
        ("greaterthan", "other", Compare(">")),
        (">=", "other", Compare(">=")),
        ("ge", "other", Compare(">=")),
        ("<", "other", Compare("<")),
        ("lt", "other", Compare("<")),
        ("lessthan", "other", Compare("<")),
        ("<=", "other", Compare("<=")),
        ("le", "other", Compare("<=")));

    public static Builtin? Find(string name) => Table.Find(name);

    private static Func<Call, Value> Compare(string symbol) =>
        call => BooleanValue.Of(Comparison.Holds(symbol, call.Self, call[0]!, call.State));

    private static string Shown(Call call)
    {
        call.State.ChargeText(call.SoftLength);
        return PythonText.ToText(call.Self, call.State).Text;
    }

    private static BooleanValue IsMultiple(Call call, Value divisor, BigInteger rest) =>
        BooleanValue.Of(PythonEquality.AreEqual(Operators.Apply("%", call.Self, divisor, call.State), IntegerValue.Of(rest), call.State));

    // None, True and False are one object each; small integers and texts, which Python may share, count as the same where they are equal.
    private static bool IsSame(Value left, Value right) => ReferenceEquals(left, right) || (left, right) switch
    {
        (NoneValue, NoneValue) => true,
        (BooleanValue a, BooleanValue b) => a.Value == b.Value,
        (IntegerValue a, IntegerValue b) => a.Value == b.Value,
        (StringValue a, StringValue b) => a.Text == b.Text,
        _ => false,
    };
}
