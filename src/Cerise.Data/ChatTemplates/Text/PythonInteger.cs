using System.Numerics;

namespace Cerise.Data.ChatTemplates.Text;

/// <summary>Integers as Python reads and prints them.</summary>
internal static class PythonInteger
{
    private const int MaxDigits = 4300;

    /// <summary>int(text, base), or null where it fails. Base 0 reads the base from the prefix.</summary>
    public static BigInteger? Parse(string text, int numberBase)
    {
        if (numberBase is 1 or < 0 or > 36)
            return null;
        string trimmed = text.Trim().Trim('\x1c', '\x1d', '\x1e', '\x1f');
        bool negative = trimmed.StartsWith('-');
        string digits = negative || trimmed.StartsWith('+') ? trimmed[1..] : trimmed;
        int prefixed = digits.Length > 2 && digits[0] == '0' ? BaseOf(digits[1]) : 0;
        if (prefixed > 0 && (numberBase == prefixed || numberBase == 0))
            (digits, numberBase) = (digits[(digits[2] == '_' ? 3 : 2)..], prefixed);
        else if (numberBase == 0)
        {
            if (digits.Length > 1 && digits[0] == '0' && digits.AsSpan().ContainsAnyExcept('0', '_'))
                return null;
            numberBase = 10;
        }
        if (digits.Length > MaxDigits || !TryDropUnderscores(digits, out string plain))
            return null;
        BigInteger value = 0;
        foreach (char c in plain)
        {
            int digit = char.IsAsciiLetter(c) ? char.ToLowerInvariant(c) - 'a' + 10 : char.IsDigit(c) ? (int)char.GetNumericValue(c) : 99;
            if (digit >= numberBase)
                return null;
            value = (value * numberBase) + digit;
        }
        return negative ? -value : value;
    }

    /// <summary>Digits in another base, without sign and prefix.</summary>
    public static string ToText(BigInteger value, int numberBase)
    {
        value = BigInteger.Abs(value);
        if (value.IsZero)
            return "0";
        int bits = numberBase switch { 16 => 4, 8 => 3, _ => 1 };
        var digits = new List<char>();
        for (; !value.IsZero; value >>= bits)
            digits.Add("0123456789abcdef"[(int)(value & (numberBase - 1))]);
        digits.Reverse();
        return string.Concat(digits);
    }

    /// <summary>A number's text without underscores; false where one does not stand between two digits, or nothing is left.</summary>
    public static bool TryDropUnderscores(string text, out string plain)
    {
        plain = text;
        if (text.Length == 0 || text[0] == '_' || text[^1] == '_' || text.Contains("__", StringComparison.Ordinal))
            return false;
        plain = text.Replace("_", "", StringComparison.Ordinal);
        return true;
    }

    private static int BaseOf(char letter) => letter switch
    {
        'x' or 'X' => 16,
        'o' or 'O' => 8,
        'b' or 'B' => 2,
        _ => 0,
    };
}
