using System.Numerics;
using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Running;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>Python's == and hash(): 1, 1.0 and True are one key.</summary>
internal sealed class PythonEquality : IEqualityComparer<Value>
{
    public static PythonEquality Instance { get; } = new();

    public static bool AreEqual(Value left, Value right, RenderState? state) => (left, right) switch
    {
        (StringValue a, StringValue b) => AreEqual(a.Text, b.Text, state),
        (NoneValue, NoneValue) or (UndefinedValue, UndefinedValue) => true,
        (FloatValue a, FloatValue b) => a.Value == b.Value,
        (FloatValue a, _) => Numbers.TryInteger(right, out BigInteger b) && IsSame(a.Value, b),
        (_, FloatValue b) => Numbers.TryInteger(left, out BigInteger a) && IsSame(b.Value, a),
        (IntegerValue or BooleanValue, IntegerValue or BooleanValue) =>
            Numbers.TryInteger(left, out BigInteger a) && Numbers.TryInteger(right, out BigInteger b) && a == b,
        (ListValue a, ListValue b) => AreEqual(a.Items, b.Items, state),
        (TupleValue a, TupleValue b) => AreEqual(a.Items, b.Items, state),
        (DictValue a, DictValue b) => AreEqual(a, b, state),
        (RangeValue a, RangeValue b) => a.IsEqualTo(b),
        (SliceValue a, SliceValue b) => AreEqual(a.Start, b.Start, state) && AreEqual(a.Stop, b.Stop, state) && AreEqual(a.Step, b.Step, state),
        _ => ReferenceEquals(left, right),
    };

    public static bool IsHashable(Value value) => value switch
    {
        ListValue or DictValue or SliceValue => false,
        TupleValue tuple => AreHashable(tuple),
        _ => true,
    };

    /// <summary>A value on its way to become or to find a key.</summary>
    /// <exception cref="TemplateFault">The value cannot be a key.</exception>
    public static Value Key(Value value, RenderState state)
    {
        if (!IsHashable(value))
            throw new TemplateFault($"unhashable type: '{value.TypeName}'");
        if (value is StringValue { Text.Length: > 8 } text)
            state.ChargeText(text.Text.Length);
        return value;
    }

    /// <inheritdoc/>
    public bool Equals(Value? x, Value? y) => ReferenceEquals(x, y) || AreEqual(x!, y!, null);

    /// <inheritdoc/>
    public int GetHashCode(Value obj)
    {
        switch (obj)
        {
            case StringValue text:
                return text.Text.GetHashCode(StringComparison.Ordinal);
            case IntegerValue or BooleanValue when Numbers.TryInteger(obj, out BigInteger integer):
                return HashOf(integer);
            case FloatValue real:
                return double.IsInteger(real.Value) ? HashOf(new BigInteger(real.Value)) : real.Value.GetHashCode();
            case TupleValue tuple:
                RuntimeHelpers.EnsureSufficientExecutionStack();
                var hash = default(HashCode);
                foreach (Value item in tuple.Items)
                    hash.Add(GetHashCode(item));
                return hash.ToHashCode();
            case NoneValue or UndefinedValue:
                return obj.GetType().GetHashCode();
            case RangeValue range:
                return range.Length!.Value;
            default:
                return RuntimeHelpers.GetHashCode(obj);
        }
    }

    private static bool AreEqual(string left, string right, RenderState? state)
    {
        if (left.Length != right.Length)
            return false;
        state?.ChargeText(left.Length);
        return left == right;
    }

    private static int HashOf(BigInteger integer) => integer.GetHashCode();

    private static bool IsSame(double real, BigInteger integer) => double.IsInteger(real) && new BigInteger(real) == integer;

    private static bool AreHashable(TupleValue tuple)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        return tuple.Items.All(IsHashable);
    }

    private static bool AreEqual(IReadOnlyList<Value> left, IReadOnlyList<Value> right, RenderState? state)
    {
        if (left.Count != right.Count)
            return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        state?.Charge(left.Count);
        for (int i = 0; i < left.Count; i++)
            if (!AreEqual(left[i], right[i], state))
                return false;
        return true;
    }

    private static bool AreEqual(DictValue left, DictValue right, RenderState? state)
    {
        if (left.Items.Count != right.Items.Count)
            return false;
        RuntimeHelpers.EnsureSufficientExecutionStack();
        state?.Charge(left.Items.Count);
        foreach ((Value key, Value value) in left.Items)
            if (!right.Items.TryGetValue(key, out Value? other) || !AreEqual(value, other, state))
                return false;
        return true;
    }
}
