namespace Cerise.Data.ChatTemplates.Syntax;

/// <summary>How far a number reaches: 1, 1_000, 0x1f, 0b1, 0o7, 1.5, 1e3, 1.5e-3.</summary>
internal static class NumberToken
{
    /// <summary>Kind and length of the number at an index. After a point, as in a.0.1, it is no float.</summary>
    public static (TokenKind Kind, int Length) Measure(string text, int start, bool afterDot)
    {
        if (!afterDot && FloatEnd(text, start) is var end and > 0)
            return (TokenKind.Float, end - start);
        if (text[start] == '0')
        {
            Func<char, bool>? isDigit = start + 1 < text.Length ? text[start + 1] switch
            {
                'x' or 'X' => char.IsAsciiHexDigit,
                'o' or 'O' => c => c is >= '0' and <= '7',
                'b' or 'B' => c => c is '0' or '1',
                _ => null,
            } : null;
            if (isDigit is not null && Digits(text, start + 2, isDigit, mayBeginWithUnderscore: true) is var prefixed && prefixed > start + 2)
                return (TokenKind.Integer, prefixed - start);
            return (TokenKind.Integer, Digits(text, start, c => c == '0') - start);
        }
        return (TokenKind.Integer, Digits(text, start, char.IsAsciiDigit) - start);
    }

    // The end of a float, or -1.
    private static int FloatEnd(string text, int start)
    {
        int whole = Digits(text, start, char.IsAsciiDigit), end = whole;
        if (end < text.Length && text[end] == '.' && Digits(text, end + 1, char.IsAsciiDigit) is var fraction && fraction > end + 1)
            end = fraction;
        int exponent = end;
        if (exponent < text.Length && text[exponent] is 'e' or 'E')
        {
            exponent++;
            if (exponent < text.Length && text[exponent] is '+' or '-')
                exponent++;
            if (Digits(text, exponent, char.IsAsciiDigit) is var digits && digits > exponent)
                return digits;
        }
        return end > whole ? end : -1;
    }

    // The end of digits with single underscores between them.
    private static int Digits(string text, int at, Func<char, bool> isDigit, bool mayBeginWithUnderscore = false)
    {
        int start = at;
        while (at < text.Length)
        {
            bool skips = text[at] == '_' && (at > start || mayBeginWithUnderscore) && at + 1 < text.Length;
            if (!isDigit(text[skips ? at + 1 : at]))
                break;
            at += skips ? 2 : 1;
        }
        return at;
    }
}
