using System.Globalization;
using System.Numerics;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Filters of numbers, dictionaries and values of any kind.</summary>
internal static class ValueFilters
{
    public static (string Name, string Signature, Func<Call, Value> Body)[] Members { get; } =
    [
        ("abs", "", Absolute),
        ("attr", "name", Attribute),
        ("d", "default_value? boolean?", Default),
        ("default", "default_value? boolean?", Default),
        ("dictsort", "case_sensitive? by? reverse?", DictSort),
        ("filesizeformat", "binary?", FileSize),
        ("float", "default?", ToFloat),
        ("int", "default? base?", ToInt),
        ("items", "", Items),
        ("round", "precision? method?", Round),
        ("tojson", "ensure_ascii? indent? separators? sort_keys?", ToJson),
    ];

    private static Value Absolute(Call call) => call.Self switch
    {
        FloatValue real => new FloatValue(Math.Abs(real.Value)),
        UndefinedValue undefined => throw undefined.Fault(),
        _ when Numbers.TryInteger(call.Self, out BigInteger integer) => IntegerValue.Of(BigInteger.Abs(integer)),
        _ => throw new TemplateFault($"bad operand type for abs(): '{call.Self.TypeName}'"),
    };

    private static Value Attribute(Call call) =>
        call.Self.Attribute(call.String(0).Text) ?? UndefinedValue.Of(call.Self, call[0]!);

    private static Value Default(Call call) =>
        call.Self is UndefinedValue || (call.Flag(1) && !call.Self.IsTrue) ? call[0] ?? StringValue.Empty : call.Self;

    private static ListValue DictSort(Call call)
    {
        string by = call.Has(1) ? call.String(1).Text : "key";
        if (by is not ("key" or "value"))
            throw new TemplateFault("You can only sort by either \"key\" or \"value\"");
        if (call.Self is not DictValue dictionary)
            throw call.Self is UndefinedValue undefined ? undefined.Fault() : new TemplateFault($"'{call.Self.TypeName}' object has no attribute 'items'");
        call.State.Charge(dictionary.Items.Count);
        bool caseSensitive = call.Flag(0);
        List<KeyValuePair<Value, Value>> sorted = Sorting.Sort(
            [.. dictionary.Items], item => Attributes.Fold(by == "key" ? item.Key : item.Value, caseSensitive, call.State), call.Flag(2), call.State);
        return new ListValue([.. sorted.Select(DictMethods.Pair)]);
    }

    private static StringValue FileSize(Call call)
    {
        bool binary = call.Flag(0);
        double size = AsFloat(call.Self) ?? throw new TemplateFault("could not convert the value to float"), scale = binary ? 1024 : 1000;
        if (size == 1)
            return new StringValue("1 Byte");
        if (size < scale)
            return new StringValue(string.Create(CultureInfo.InvariantCulture, $"{NumberText.Truncate(size)} Bytes"));
        double unit = scale;
        string text = "";
        foreach (char prefix in binary ? "KMGTPEZY" : "kMGTPEZY")
        {
            text = $"{PythonFloat.Fixed(size / unit, 1)} {prefix}{(binary ? "iB" : "B")}";
            unit *= scale;
            if (size < unit)
                break;
        }
        return new StringValue(text);
    }

    private static Value ToFloat(Call call)
    {
        call.State.ChargeText(call.SoftLength);
        return AsFloat(call.Self) is { } number ? new FloatValue(number) : call[0] ?? new FloatValue(0);
    }

    private static Value ToInt(Call call)
    {
        Value missing = call[0] ?? IntegerValue.Of(0);
        call.State.ChargeText(call.SoftLength);
        if (call.Self is StringValue text && PythonInteger.Parse(text.Text, call.Int(1, 10)) is { } parsed)
            return IntegerValue.Of(parsed);
        if (Numbers.TryInteger(call.Self, out BigInteger integer))
            return IntegerValue.Of(integer);
        // "42.23" counts as 42.
        return AsFloat(call.Self) is { } number ? double.IsFinite(number) ? IntegerValue.Of(NumberText.Truncate(number)) : missing : missing;
    }

    private static double? AsFloat(Value value) => value switch
    {
        UndefinedValue undefined => throw undefined.Fault(),
        StringValue text => PythonFloat.Parse(text.Text),
        _ => Numbers.TryFloat(value, out double number) ? number : null,
    };

    private static IteratorValue Items(Call call)
    {
        return Call.Lazily(Pairs());

        IEnumerable<Value> Pairs()
        {
            if (call.Self is UndefinedValue)
                yield break;
            if (call.Self is not DictValue dictionary)
                throw new TemplateFault("Can only get item pairs from a mapping.");
            foreach (KeyValuePair<Value, Value> item in dictionary.Items)
                yield return DictMethods.Pair(item);
        }
    }

    private static Value Round(Call call)
    {
        string method = call.Has(1) ? call.String(1).Text : "common";
        if (method is not ("common" or "ceil" or "floor"))
            throw new TemplateFault("method must be common, ceil or floor");
        int precision = call.Int(0);
        if (call.Self is UndefinedValue undefined)
            throw undefined.Fault();
        if (method == "common")
        {
            if (Numbers.TryInteger(call.Self, out BigInteger integer))
                return IntegerValue.Of(precision >= 0 ? integer : RoundTo(integer, -precision));
            return call.Self is FloatValue real
                ? new FloatValue(PythonFloat.Round(real.Value, precision))
                : throw new TemplateFault($"type {call.Self.TypeName} doesn't define __round__ method");
        }
        Value scale = Operators.Apply("**", IntegerValue.Of(10), new IntegerValue(precision), call.State);
        Value scaled = Operators.Apply("*", call.Self, scale, call.State);
        if (scaled is FloatValue number)
            scaled = IntegerValue.Of(NumberText.Truncate(method == "ceil" ? Math.Ceiling(number.Value) : Math.Floor(number.Value)));
        return Operators.Apply("/", scaled, scale, call.State);
    }

    private static BigInteger RoundTo(BigInteger value, int digits)
    {
        if (digits > 5000)
            return 0;
        var unit = BigInteger.Pow(10, digits);
        var quotient = BigInteger.DivRem(BigInteger.Abs(value), unit, out BigInteger rest);
        int half = (rest * 2).CompareTo(unit);
        if (half > 0 || (half == 0 && !quotient.IsEven))
            quotient++;
        return quotient * unit * value.Sign;
    }

    private static StringValue ToJson(Call call)
    {
        string? indent = !call.Has(1) ? null : call[1] is StringValue text ? text.Text : new string(' ', Math.Clamp(call.Int(1), 0, 1000));
        string item = indent is null ? ", " : ",", key = ": ";
        if (call.Has(2))
        {
            Value[] separators = [.. call.State.Items(call[2]!)];
            if (separators is not [StringValue first, StringValue second])
                throw new TemplateFault("separators must be two texts: the one between items and the one after keys");
            (item, key) = (first.Text, second.Text);
        }
        var output = new TextBuffer(call.State);
        new JsonText(output, call.State)
        {
            EnsureAscii = call.Flag(0),
            Indent = indent,
            ItemSeparator = item,
            KeySeparator = key,
            SortKeys = call.Flag(3),
        }.Write(call.Self);
        return output.ToValue();
    }
}
