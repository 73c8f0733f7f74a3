using System.Numerics;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>Reading numbers: bool counts as int, int as float.</summary>
internal static class Numbers
{
    /// <summary>An int or a bool.</summary>
    public static bool TryInteger(Value value, out BigInteger number)
    {
        switch (value)
        {
            case IntegerValue integer:
                number = integer.Value;
                return true;
            case BooleanValue boolean:
                number = boolean.Value ? 1 : 0;
                return true;
            default:
                number = default;
                return false;
        }
    }

    /// <summary>An int or a bool that fits an index.</summary>
    public static bool TryIndex(Value value, out int index)
    {
        if (TryInteger(value, out BigInteger number) && number >= int.MinValue && number <= int.MaxValue)
        {
            index = (int)number;
            return true;
        }
        index = 0;
        return false;
    }

    /// <summary>Any number.</summary>
    /// <exception cref="TemplateFault">An int that no float holds.</exception>
    public static bool TryFloat(Value value, out double number)
    {
        if (value is FloatValue real)
        {
            number = real.Value;
            return true;
        }
        if (TryInteger(value, out BigInteger integer))
        {
            number = ToFloat(integer);
            return true;
        }
        number = 0;
        return false;
    }

    /// <summary>The nearest float.</summary>
    public static double ToFloat(BigInteger integer)
    {
        double number = (double)integer;
        return double.IsFinite(number) ? number : throw new TemplateFault("int too large to convert to float");
    }

    /// <summary>Any number.</summary>
    public static bool IsNumber(Value value) => value is IntegerValue or FloatValue or BooleanValue;
}
