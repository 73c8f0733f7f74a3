using System.Numerics;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>Python's arithmetic.</summary>
internal static class Operators
{
    public static Value Apply(string symbol, Value left, Value right, RenderState state) => symbol switch
    {
        "+" => Add(left, right, state),
        "-" => Subtract(left, right),
        "*" => Multiply(left, right, state),
        "%" => Modulo(left, right, state),
        "/" => Divide(left, right),
        "//" => FloorDivide(left, right),
        _ => Power(left, right),
    };

    public static Value Negate(Value value) => value switch
    {
        FloatValue real => new FloatValue(-real.Value),
        _ when Numbers.TryInteger(value, out BigInteger integer) => IntegerValue.Of(-integer),
        UndefinedValue undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"bad operand type for unary -: '{value.TypeName}'"),
    };

    public static Value Plus(Value value) => value switch
    {
        FloatValue => value,
        _ when Numbers.TryInteger(value, out BigInteger integer) => IntegerValue.Of(integer),
        UndefinedValue undefined => throw undefined.Fault(),
        _ => throw new TemplateFault($"bad operand type for unary +: '{value.TypeName}'"),
    };

    private static Value Add(Value left, Value right, RenderState state)
    {
        switch (left, right)
        {
            case (StringValue a, StringValue b):
                return Concatenate(a, b, state);
            case (ListValue a, ListValue b):
                return new ListValue(Join(a, b, state));
            case (TupleValue a, TupleValue b):
                return new TupleValue(Join(a, b, state));
        }
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
            return IntegerValue.Of(x + y);
        if (Numbers.TryFloat(left, out double p) && Numbers.TryFloat(right, out double q))
            return new FloatValue(p + q);
        if (left is UndefinedValue || right is UndefinedValue)
            throw Unsupported("+", left, right);
        if (left is StringValue or ListValue or TupleValue)
            throw new TemplateFault($"can only concatenate {left.TypeName} (not \"{right.TypeName}\") to {left.TypeName}");
        throw Unsupported("+", left, right);
    }

    private static StringValue Concatenate(StringValue left, StringValue right, RenderState state)
    {
        bool isMarkup = left.IsMarkup || right.IsMarkup;
        if (isMarkup)
            (left, right) = (Markup.Escape(left, state), Markup.Escape(right, state));
        if (left.Runs is null && right.Runs is null)
        {
            state.ChargeText(right.Text.Length, left.Text.Length);
            state.ChargeText(left.Text.Length);
            return new StringValue(string.Concat(left.Text, right.Text), null, isMarkup);
        }
        var both = new TextBuffer(state);
        both.Append(left);
        both.Append(right);
        return both.ToValue(isMarkup);
    }

    private static Value[] Join(SequenceValue left, SequenceValue right, RenderState state)
    {
        state.Charge(left.Items.Count + right.Items.Count);
        return [.. left.Items, .. right.Items];
    }

    private static Value Subtract(Value left, Value right)
    {
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
            return IntegerValue.Of(x - y);
        if (Numbers.TryFloat(left, out double p) && Numbers.TryFloat(right, out double q))
            return new FloatValue(p - q);
        throw Unsupported("-", left, right);
    }

    private static Value Multiply(Value left, Value right, RenderState state)
    {
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
            return IntegerValue.Of(x * y);
        if (Numbers.TryFloat(left, out double p) && Numbers.TryFloat(right, out double q))
            return new FloatValue(p * q);
        if (left is StringValue or SequenceValue && Numbers.TryInteger(right, out BigInteger times))
            return Repeat(left, times, state);
        if (right is StringValue or SequenceValue && Numbers.TryInteger(left, out times))
            return Repeat(right, times, state);
        throw Unsupported("*", left, right);
    }

    private static Value Repeat(Value value, BigInteger times, RenderState state)
    {
        int length = value is StringValue { Text: var characters } ? characters.Length : value.Length!.Value;
        long limit = value is StringValue ? state.Options.MaxOutputLength : state.Options.MaxRange;
        if (times.Sign > 0 && times * length > limit)
            throw new TemplateFault($"a {value.TypeName} of {length} repeated {times} times is longer than the limit of {limit}");
        int count = length == 0 || times.Sign <= 0 ? 0 : (int)times;
        if (value is StringValue text)
        {
            var repeated = new TextBuffer(state);
            for (int i = 0; i < count; i++)
                repeated.Append(text);
            return repeated.ToValue(text.IsMarkup);
        }
        var sequence = (SequenceValue)value;
        state.Charge((long)count * length);
        return sequence.With([.. Enumerable.Repeat(sequence.Items, count).SelectMany(items => items)]);
    }

    private static FloatValue Divide(Value left, Value right)
    {
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right))
            throw Unsupported("/", left, right);
        if (!right.IsTrue)
            throw new TemplateFault(left is FloatValue || right is FloatValue ? "float division by zero" : "division by zero");
        _ = Numbers.TryFloat(left, out double p);
        _ = Numbers.TryFloat(right, out double q);
        return new FloatValue(p / q);
    }

    private static Value FloorDivide(Value left, Value right)
    {
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right))
            throw Unsupported("//", left, right);
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
        {
            if (y.IsZero)
                throw new TemplateFault("integer division or modulo by zero");
            var quotient = BigInteger.DivRem(x, y, out BigInteger remainder);
            return IntegerValue.Of(!remainder.IsZero && (remainder.Sign < 0) != (y.Sign < 0) ? quotient - 1 : quotient);
        }
        _ = Numbers.TryFloat(left, out double p);
        _ = Numbers.TryFloat(right, out double q);
        if (q == 0)
            throw new TemplateFault("float floor division by zero");
        double rest = Remainder(p, q), whole = (p - rest) / q;
        if (whole == 0)
            return new FloatValue(Math.CopySign(0, p / q));
        double floor = Math.Floor(whole);
        return new FloatValue(whole - floor > 0.5 ? floor + 1 : floor);
    }

    private static Value Modulo(Value left, Value right, RenderState state)
    {
        if (left is StringValue format)
            return PercentFormat.Format(format, right, state);
        if (!Numbers.IsNumber(left) || !Numbers.IsNumber(right))
            throw Unsupported("%", left, right);
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y))
        {
            if (y.IsZero)
                throw new TemplateFault("integer division or modulo by zero");
            var remainder = BigInteger.Remainder(x, y);
            return IntegerValue.Of(!remainder.IsZero && (remainder.Sign < 0) != (y.Sign < 0) ? remainder + y : remainder);
        }
        _ = Numbers.TryFloat(left, out double p);
        _ = Numbers.TryFloat(right, out double q);
        return q == 0 ? throw new TemplateFault("float modulo") : new FloatValue(Remainder(p, q));
    }

    // The sign of the divisor, as Python has it.
    private static double Remainder(double p, double q)
    {
        double rest = p % q;
        return rest == 0 ? Math.CopySign(0, q) : (rest < 0) != (q < 0) ? rest + q : rest;
    }

    private static Value Power(Value left, Value right)
    {
        if (Numbers.TryInteger(left, out BigInteger x) && Numbers.TryInteger(right, out BigInteger y) && y.Sign >= 0)
        {
            if (BigInteger.Abs(x) > 1 && y * (x.GetBitLength() - 1) > IntegerValue.MaxBits)
                throw new TemplateFault("Exceeds the limit (4300 digits) for integers");
            return IntegerValue.Of(x.IsZero || BigInteger.Abs(x).IsOne ? BigInteger.Pow(x, y.IsZero ? 0 : y.IsEven ? 2 : 1) : BigInteger.Pow(x, (int)y));
        }
        if (!Numbers.TryFloat(left, out double p) || !Numbers.TryFloat(right, out double q))
            throw Unsupported("** or pow()", left, right);
        if (p == 0 && q < 0)
            throw new TemplateFault("0.0 cannot be raised to a negative power");
        if (p < 0 && double.IsFinite(p) && double.IsFinite(q) && !double.IsInteger(q))
            throw new TemplateFault("a negative number raised to a fraction is complex, which is not supported");
        double result = Math.Pow(p, q);
        return double.IsInfinity(result) && double.IsFinite(p) && double.IsFinite(q)
            ? throw new TemplateFault("(34, 'Numerical result out of range')")
            : new FloatValue(result);
    }

    private static TemplateFault Unsupported(string symbol, Value left, Value right) =>
        (left as UndefinedValue ?? right as UndefinedValue)?.Fault()
        ?? new TemplateFault($"unsupported operand type(s) for {symbol}: '{left.TypeName}' and '{right.TypeName}'");
}
