using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Verifiers;

public class RationalTests
{
    [Fact]
    public void Fractions_are_in_lowest_terms_with_a_positive_denominator()
    {
        Assert.Equal(new Rational(1, 2), new Rational(-2, -4));
        Assert.Equal("-3/4", new Rational(6, -8).ToString());
        Assert.Equal(Rational.From(0), default);
        Assert.Throws<DivideByZeroException>(() => new Rational(1, 0));
    }

    [Fact]
    public void Thirds_add_up_exactly()
    {
        Rational third = Rational.From(1) / Rational.From(3);
        Assert.Equal(Rational.From(1), third + third + third);
        Assert.Equal(Rational.From(0), third - third);
        Assert.Equal(new Rational(1, 9), third * third);
    }

    [Theory]
    [InlineData("3.50", "7/2")]
    [InlineData("-.5", "-1/2")]
    [InlineData("+12", "12")]
    [InlineData("5.", "5")]
    public void Decimals_are_read_exactly(string text, string value)
    {
        Assert.True(Rational.TryParseDecimal(text, out Rational parsed));
        Assert.Equal(value, parsed.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("1e5")]
    [InlineData("1.2.3")]
    [InlineData("\u0663")]
    public void Anything_else_is_refused(string text) => Assert.False(Rational.TryParseDecimal(text, out _));
}
