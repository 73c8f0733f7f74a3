using System.Numerics;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Methods and attributes of int, bool and float.</summary>
internal static class NumberMethods
{
    private static readonly BuiltinTable OfInteger = new(
        ("bit_length", "", call => IntegerValue.Of(BigInteger.Abs(Integer(call)) is { IsZero: false } value ? (int)value.GetBitLength() : 0)),
        ("bit_count", "", call => IntegerValue.Of(BitCount(BigInteger.Abs(Integer(call))))),
        ("conjugate", "", call => IntegerValue.Of(Integer(call))));

    private static readonly BuiltinTable OfFloat = new(
        ("is_integer", "", call => BooleanValue.Of(double.IsInteger(((FloatValue)call.Self).Value))),
        ("conjugate", "", call => call.Self));

    public static Value? Find(string name, Value self)
    {
        if (self is FloatValue)
            return name switch { "real" => self, "imag" => new FloatValue(0), _ => OfFloat.Bind(name, self) };
        return name switch
        {
            "real" or "numerator" => Operators.Plus(self),
            "imag" => IntegerValue.Of(0),
            "denominator" => IntegerValue.Of(1),
            _ => OfInteger.Bind(name, self),
        };
    }

    private static BigInteger Integer(Call call) => Numbers.TryInteger(call.Self, out BigInteger value) ? value : 0;

    private static int BitCount(BigInteger value)
    {
        int count = 0;
        foreach (byte part in value.ToByteArray())
            count += BitOperations.PopCount(part);
        return count;
    }
}
