using System.Buffers;
using System.Text.RegularExpressions;

namespace Cerise.Training.Verifiers;

/// <summary>Reads numbers as people and models write them: "1,234", "$18.50", "13 pears", "x = 3/4", "\frac{63}{400}".</summary>
public static partial class NumberText
{
    private const int MaxLength = 4000;

    private static readonly SearchValues<char> NotPlain = SearchValues.Create("\\^*_{}\u03C0");

    /// <summary>The one number that a short answer states.</summary>
    /// <remarks>
    /// A currency sign, a percent sign, a unit and a final point are dressing. Of a chain "a = b = 5" the last part counts. Two numbers are a list of guesses, not
    /// an answer, and what is left of LaTeX (powers, roots, products) is not arithmetic on plain numbers: both are refused.
    /// </remarks>
    /// <returns>False where the text does not state exactly one number.</returns>
    public static bool TryRead(string text, out Rational value)
    {
        ArgumentNullException.ThrowIfNull(text);
        value = default;
        if (text.Length > MaxLength)
            return false;
        string answer = Undress(BoxedAnswer.Last(text) ?? text);
        int equals = answer.LastIndexOf('=');
        if (equals >= 0)
            answer = answer[(equals + 1)..];

        if (LatexFraction().Match(answer) is { Success: true } fraction)
            return TryDivide(fraction.Groups[1].Value + fraction.Groups[2].Value, fraction.Groups[3].Value, out value);
        if (answer.AsSpan().ContainsAny(NotPlain))
            return false;

        Match[] numbers = Number().Matches(answer).ToArray();
        switch (numbers.Length)
        {
            case 1:
                return Rational.TryParseDecimal(Plain(numbers[0].Value), out value);
            case 2 when answer[(numbers[0].Index + numbers[0].Length)..numbers[1].Index].Trim() == "/":
                return TryDivide(Plain(numbers[0].Value), Plain(numbers[1].Value), out value);
            default:
                return false;
        }
    }

    /// <summary>The last number in a text, without thousands separators and currency; null where there is none.</summary>
    public static string? Last(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string plain = text.Replace('\u2212', '-');
        Range? last = null;
        foreach (ValueMatch match in Number().EnumerateMatches(plain))
            last = match.Index..(match.Index + match.Length);
        return last is { } range ? Plain(plain[range]) : null;
    }

    private static bool TryDivide(string numerator, string denominator, out Rational value)
    {
        value = default;
        if (!Rational.TryParseDecimal(numerator, out Rational upper) || !Rational.TryParseDecimal(denominator, out Rational lower) || lower.Numerator.IsZero)
            return false;
        value = upper / lower;
        return true;
    }

    private static string Plain(string number) =>
        number.Replace(",", "", StringComparison.Ordinal).Replace("$", "", StringComparison.Ordinal);

    private static string Undress(string text) => Dressing().Replace(text, "").Replace('\u2212', '-')
        .Replace("{,}", ",", StringComparison.Ordinal).Replace("\\$", "$", StringComparison.Ordinal).Trim();

    // A sign counts where no digit, letter or closing bracket stands before it: "16-3" holds 16 and 3, "is -3" holds -3. Commas only as thousands separators.
    [GeneratedRegex(@"(?<![0-9A-Za-z\).])[-+]?\$?(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?:[0-9]{1,3}(?:,[0-9]{3})+(?![0-9])|[0-9]+)(?:\.[0-9]+)?|(?<![0-9])-?\.[0-9]+")]
    private static partial Regex Number();

    [GeneratedRegex(@"^\$?([-+]?)\\[dt]?frac\{([0-9]+)\}\{([0-9]+)\}\$?\.?$")]
    private static partial Regex LatexFraction();

    // GSM8K's calculator notes, LaTeX's thin spaces, its brackets around a formula, its percent sign, and units in a text group.
    [GeneratedRegex(@"<<[^<>]*>>|\\[,!;: ()%]|\\(?:text|mathrm|mbox)\{[^{}]*\}")]
    private static partial Regex Dressing();
}
