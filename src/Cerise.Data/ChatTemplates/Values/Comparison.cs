using System.Numerics;
using System.Runtime.CompilerServices;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>Python's order and membership.</summary>
internal static class Comparison
{
    /// <summary>Less than 0, 0 or more than 0; null where a NaN makes every comparison false. The operator is for the message.</summary>
    /// <exception cref="TemplateFault">The two have no order.</exception>
    public static int? Compare(Value left, Value right, string symbol, RenderState state)
    {
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                state.ChargeText(Math.Min(a.Text.Length, b.Text.Length));
                return CodePoint.Compare(a.Text, b.Text);
            case (UndefinedValue undefined, _):
                throw undefined.Fault();
            case (_, UndefinedValue undefined):
                throw undefined.Fault();
            case (ListValue a, ListValue b):
                return Compare(a.Items, b.Items, symbol, state);
            case (TupleValue a, TupleValue b):
                return Compare(a.Items, b.Items, symbol, state);
        }
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
            return x.CompareTo(y);
        if (left is FloatValue or IntegerValue or BooleanValue && right is FloatValue or IntegerValue or BooleanValue)
            return CompareWithFloat(left, right);
        throw new TemplateFault($"'{symbol}' not supported between instances of '{left.TypeName}' and '{right.TypeName}'");
    }

    /// <summary>Whether a comparison holds.</summary>
    public static bool Holds(string symbol, Value left, Value right, RenderState state) => symbol switch
    {
        "==" => PythonEquality.AreEqual(left, right, state),
        "!=" => !PythonEquality.AreEqual(left, right, state),
        "<" => Compare(left, right, symbol, state) < 0,
        "<=" => Compare(left, right, symbol, state) <= 0,
        ">" => Compare(left, right, symbol, state) > 0,
        ">=" => Compare(left, right, symbol, state) >= 0,
        "in" => Contains(right, left, state),
        _ => !Contains(right, left, state),
    };

    /// <summary>item in container.</summary>
    /// <exception cref="TemplateFault">The container has no members.</exception>
    public static bool Contains(Value container, Value item, RenderState state)
    {
        switch (container)
        {
            case StringValue text:
                if (item is UndefinedValue or not StringValue)
                    throw new TemplateFault($"'in <string>' requires string as left operand, not {item.TypeName}");
                string sought = ((StringValue)item).Text;
                state.ChargeSearch(text.Text.Length, sought.Length);
                return text.Text.Contains(sought, StringComparison.Ordinal);
            case DictValue dictionary:
                return dictionary.Items.ContainsKey(PythonEquality.Key(item, state));
            case RangeValue range when Numbers.TryInteger(item, out BigInteger number):
                return range.Contains(number);
        }
        if (container.TryIterate(state) is null)
            throw new TemplateFault($"argument of type '{container.TypeName}' is not iterable");
        foreach (Value member in state.Items(container))
            if (ReferenceEquals(member, item) || PythonEquality.AreEqual(member, item, state))
                return true;
        return false;
    }

    private static int? CompareWithFloat(Value left, Value right)
    {
        if ((left is FloatValue { Value: double.NaN }) || (right is FloatValue { Value: double.NaN }))
            return null;
        // An int is compared exactly, never through the nearest float.
        if (left is FloatValue { Value: var a } && double.IsFinite(a) && Numbers.TryInteger(right, out BigInteger b))
            return CompareExactly(a, b);
        if (right is FloatValue { Value: var c } && double.IsFinite(c) && Numbers.TryInteger(left, out BigInteger d))
            return -CompareExactly(c, d);
        double x = left is FloatValue l ? l.Value : 0, y = right is FloatValue r ? r.Value : 0;
        return x.CompareTo(y);
    }

    private static int CompareExactly(double real, BigInteger integer)
    {
        var floor = new BigInteger(Math.Floor(real));
        int order = floor.CompareTo(integer);
        return order == 0 && !double.IsInteger(real) ? 1 : order;
    }

    private static int? Compare(IReadOnlyList<Value> left, IReadOnlyList<Value> right, string symbol, RenderState state)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        for (int i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            state.Step();
            if (!PythonEquality.AreEqual(left[i], right[i], state))
                return Compare(left[i], right[i], symbol, state);
        }
        return left.Count.CompareTo(right.Count);
    }
}
