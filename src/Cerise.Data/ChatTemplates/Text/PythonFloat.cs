using System.Globalization;
using System.Numerics;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Floats as Python prints and reads them.</summary>
internal static class PythonFloat
{
    /// <summary>Digits after the point that a format may ask for; more is an error.</summary>
    public const int MaxPrecision = 400;

    /// <summary>repr(x): the shortest digits that read back, an exponent from 1e16 on and below 1e-4.</summary>
    public static string Repr(double x)
    {
        if (double.IsNaN(x))
            return "nan";
        if (double.IsInfinity(x))
            return x > 0 ? "inf" : "-inf";
        (string digits, int exponent) = Shortest(Math.Abs(x));
        string text = exponent is >= -4 and < 16 ? Plain(digits, exponent, atLeastOneDecimal: true) : Scientific(digits, exponent, 'e');
        return double.IsNegative(x) ? $"-{text}" : text;
    }

    /// <summary>The absolute value with so many digits after the point, half to even as the exact value has it.</summary>
    public static string Fixed(double x, int precision)
    {
        (BigInteger numerator, BigInteger denominator) = Ratio(Math.Abs(x));
        string digits = Divide(numerator * BigInteger.Pow(10, precision), denominator).ToString(CultureInfo.InvariantCulture).PadLeft(precision + 1, '0');
        return precision == 0 ? digits : $"{digits.AsSpan(0, digits.Length - precision)}.{digits.AsSpan(digits.Length - precision)}";
    }

    /// <summary>The absolute value with an exponent and so many digits after the point.</summary>
    public static string Exponential(double x, int precision, char letter)
    {
        (string digits, int exponent) = Significant(Math.Abs(x), precision + 1);
        return Scientific(digits, exponent, letter, precision > 0);
    }

    /// <summary>The absolute value with so many significant digits, as %g.</summary>
    /// <param name="x">The number.</param>
    /// <param name="precision">Digits, at least 1.</param>
    /// <param name="letter">e or E.</param>
    /// <param name="keepZeros">Whether zeros at the end stay, as with '#'.</param>
    /// <param name="atLeastOneDecimal">Whether the point is always followed by a digit.</param>
    public static string General(double x, int precision, char letter, bool keepZeros, bool atLeastOneDecimal = false)
    {
        (string digits, int exponent) = Significant(Math.Abs(x), precision);
        string shown = keepZeros ? digits : digits.TrimEnd('0') is { Length: > 0 } some ? some : "0";
        return exponent >= -4 && exponent < precision - (atLeastOneDecimal ? 1 : 0)
            ? Plain(shown, exponent, atLeastOneDecimal)
            : Scientific(shown, exponent, letter);
    }

    /// <summary>round(x, digits).</summary>
    public static double Round(double x, int digits)
    {
        if (!double.IsFinite(x) || digits > 400)
            return x;
        if (digits < -400)
            return double.IsNegative(x) ? -0.0 : 0.0;
        (BigInteger numerator, BigInteger denominator) = Ratio(Math.Abs(x));
        BigInteger power = BigInteger.Pow(10, Math.Abs(digits));
        BigInteger units = digits >= 0 ? Divide(numerator * power, denominator) : Divide(numerator, denominator * power);
        double rounded = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{units}e{-digits}"), CultureInfo.InvariantCulture);
        return double.IsNegative(x) ? -rounded : rounded;
    }

    /// <summary>float(text), or null where it fails.</summary>
    public static double? Parse(string text)
    {
        string trimmed = text.Trim().Trim('\x1c', '\x1d', '\x1e', '\x1f');
        string unsigned = trimmed.StartsWith('+') || trimmed.StartsWith('-') ? trimmed[1..] : trimmed;
        if (unsigned.Length == 0 || (!char.IsDigit(unsigned[0]) && unsigned[0] != '.'))
        {
            double? special = unsigned.ToLowerInvariant() switch
            {
                "inf" or "infinity" => double.PositiveInfinity,
                "nan" => double.NaN,
                _ => null,
            };
            return trimmed.StartsWith('-') ? -special : special;
        }
        if (!PythonInteger.TryDropUnderscores(unsigned, out string plain))
            return null;
        plain = string.Concat(plain.Select(c => char.IsDigit(c) ? (char)('0' + (int)char.GetNumericValue(c)) : c));
        return double.TryParse(plain, NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out double value)
            ? trimmed.StartsWith('-') ? -value : value
            : null;
    }

    /// <summary>Shortest digits d.ddd and the exponent of the first.</summary>
    private static (string Digits, int Exponent) Shortest(double x)
    {
        if (x == 0)
            return ("0", 0);
        string shortest = x.ToString("R", CultureInfo.InvariantCulture);
        int mark = shortest.IndexOf('E', StringComparison.Ordinal);
        string digits = (mark < 0 ? shortest : shortest[..mark]).Replace(".", "", StringComparison.Ordinal).TrimStart('0').TrimEnd('0');
        int exponent = mark >= 0 ? int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : shortest.StartsWith("0.", StringComparison.Ordinal) ? -(shortest.AsSpan(2).IndexOfAnyExcept('0') + 1)
            : PointOf(shortest) - 1;
        return (digits, exponent);
    }

    private static int PointOf(string text) => text.IndexOf('.', StringComparison.Ordinal) is var point and >= 0 ? point : text.Length;

    private static (string Digits, int Exponent) Significant(double x, int count)
    {
        if (x == 0)
            return (new string('0', count), 0);
        (BigInteger numerator, BigInteger denominator) = Ratio(x);
        int exponent = (int)Math.Floor(Math.Log10(x));
        while (true)
        {
            int shift = count - 1 - exponent;
            BigInteger power = BigInteger.Pow(10, Math.Abs(shift));
            string digits = (shift >= 0 ? Divide(numerator * power, denominator) : Divide(numerator, denominator * power)).ToString(CultureInfo.InvariantCulture);
            // The estimate may be one off, and rounding may add a digit.
            if (digits.Length == count)
                return (digits, exponent);
            exponent += digits.Length > count ? 1 : -1;
        }
    }

    private static string Plain(string digits, int exponent, bool atLeastOneDecimal)
    {
        if (exponent < 0)
            return $"0.{new string('0', -exponent - 1)}{digits}";
        if (digits.Length <= exponent + 1)
            return digits.PadRight(exponent + 1, '0') + (atLeastOneDecimal ? ".0" : "");
        return $"{digits.AsSpan(0, exponent + 1)}.{digits.AsSpan(exponent + 1)}";
    }

    private static string Scientific(string digits, int exponent, char letter, bool withPoint = true)
    {
        string mantissa = digits.Length > 1 && withPoint ? $"{digits[0]}.{digits.AsSpan(1)}" : digits[..1];
        return string.Create(CultureInfo.InvariantCulture, $"{mantissa}{letter}{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}");
    }

    private static (BigInteger Numerator, BigInteger Denominator) Ratio(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        int exponent = (int)((bits >> 52) & 0x7FF);
        long mantissa = bits & ((1L << 52) - 1);
        if (exponent == 0)
            exponent++;
        else
            mantissa |= 1L << 52;
        exponent -= 1075;
        return exponent >= 0 ? (new BigInteger(mantissa) << exponent, 1) : (mantissa, BigInteger.One << -exponent);
    }

    // Half to even.
    private static BigInteger Divide(BigInteger numerator, BigInteger denominator)
    {
        var quotient = BigInteger.DivRem(numerator, denominator, out BigInteger remainder);
        int half = (remainder * 2).CompareTo(denominator);
        return half > 0 || (half == 0 && !quotient.IsEven) ? quotient + 1 : quotient;
    }
}
