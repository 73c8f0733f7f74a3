using System.Globalization;
using System.Numerics;

namespace Cerise.Training.Verifiers;

/// <summary>An exact fraction in lowest terms, so that 0.5, 1/2 and 2/4 are one number and 1/3 + 1/3 + 1/3 is 1.</summary>
public readonly record struct Rational
{
    private readonly BigInteger _numerator;
    private readonly BigInteger _denominatorLessOne;                       // so that default(Rational) is 0 / 1

    /// <summary>The fraction <paramref name="numerator"/> / <paramref name="denominator"/>.</summary>
    /// <exception cref="DivideByZeroException">The denominator is 0.</exception>
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new DivideByZeroException("a fraction's denominator is 0");
        BigInteger divisor = BigInteger.GreatestCommonDivisor(numerator, denominator) * denominator.Sign;
        _numerator = numerator / divisor;
        _denominatorLessOne = (denominator / divisor) - 1;
    }

    /// <summary>The upper number; carries the sign.</summary>
    public BigInteger Numerator => _numerator;

    /// <summary>The lower number, at least 1.</summary>
    public BigInteger Denominator => _denominatorLessOne + 1;

    /// <summary>Whether this is a whole number.</summary>
    public bool IsInteger => _denominatorLessOne.IsZero;

    /// <summary>A whole number.</summary>
    public static Rational From(BigInteger value) => new(value, 1);

    /// <summary>Reads plain digits with an optional sign and an optional decimal part, such as "-12", "3.50" or ".5".</summary>
    /// <returns>False for anything else, and for more than 1000 characters.</returns>
    public static bool TryParseDecimal(ReadOnlySpan<char> text, out Rational value)
    {
        value = default;
        bool negative = text is ['-', ..];
        if (text is ['-' or '+', ..])
            text = text[1..];
        int point = text.IndexOf('.');
        int decimals = point < 0 ? 0 : text.Length - point - 1;
        string digits = point < 0 ? text.ToString() : string.Concat(text[..point], text[(point + 1)..]);
        if (digits.Length is 0 or > 1000 || !digits.All(char.IsAsciiDigit))
            return false;
        BigInteger numerator = BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture);
        value = new Rational(negative ? -numerator : numerator, BigInteger.Pow(10, decimals));
        return true;
    }

    /// <summary>The sum.</summary>
    public static Rational operator +(Rational left, Rational right) =>
        new((left.Numerator * right.Denominator) + (right.Numerator * left.Denominator), left.Denominator * right.Denominator);

    /// <summary>The difference.</summary>
    public static Rational operator -(Rational left, Rational right) => left + -right;

    /// <summary>The same number with the other sign.</summary>
    public static Rational operator -(Rational value) => new(-value.Numerator, value.Denominator);

    /// <summary>The product.</summary>
    public static Rational operator *(Rational left, Rational right) =>
        new(left.Numerator * right.Numerator, left.Denominator * right.Denominator);

    /// <summary>The quotient.</summary>
    /// <exception cref="DivideByZeroException"><paramref name="right"/> is 0.</exception>
    public static Rational operator /(Rational left, Rational right) =>
        new(left.Numerator * right.Denominator, left.Denominator * right.Numerator);

    /// <summary>"3" or "3/4".</summary>
    public override string ToString() => IsInteger
        ? Numerator.ToString(CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");
}
