using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>A splitting pattern written by hand: its matches cover the text without gaps, so each piece ends where the next begins.</summary>
internal abstract class PieceScanner
{
    /// <summary>The end of the piece that begins at <paramref name="start"/>; always greater than <paramref name="start"/>.</summary>
    /// <param name="text">Well-formed UTF-16.</param>
    /// <param name="start">Where the piece begins, less than the text's length.</param>
    public abstract int NextEnd(ReadOnlySpan<char> text, int start);

    /// <summary>The scanner for a pattern of the tokenizer file, or null where it is not one of the known ones.</summary>
    public static PieceScanner? For(string pattern) => pattern switch
    {
        Gpt2Scanner.Pattern => new Gpt2Scanner(),
        Qwen2Scanner.Pattern => new Qwen2Scanner(maxDigits: 1),
        Qwen2Scanner.ThreeDigitPattern => new Qwen2Scanner(maxDigits: 3),
        CasedWordScanner.Pattern => new CasedWordScanner(maxDigits: 3, contractions: true),
        CasedWordScanner.TekkenPattern => new CasedWordScanner(maxDigits: 1, contractions: false),
        _ => null,
    };

    /// <summary>The end of a number of which one digit has been read.</summary>
    protected static int EndOfDigits(ReadOnlySpan<char> text, int at, int maxDigits)
    {
        for (int digits = 1; digits < maxDigits && at < text.Length && CodePoints.ClassAt(text, at, out int length) == CharClass.Number; digits++)
            at += length;
        return at;
    }

    /// <summary>White space up to its last line break; without one, all but the last character, unless it ends the text or is that one character.</summary>
    protected static int EndOfSpace(ReadOnlySpan<char> text, int start)
    {
        int end = start, afterBreak = 0;
        for (; end < text.Length && char.IsWhiteSpace(text[end]); end++)
            if (text[end] is '\r' or '\n')
                afterBreak = end + 1;
        if (afterBreak > 0)
            return afterBreak;
        return end == text.Length || end - start == 1 ? end : end - 1;
    }

    /// <summary>Length of an English contraction ('s, 't, 'm, 'd, 're, 've, 'll) at an apostrophe, or 0.</summary>
    protected static int Contraction(ReadOnlySpan<char> text, int start, bool ignoreCase)
    {
        char first = Letter(text, start + 1, ignoreCase), second = Letter(text, start + 2, ignoreCase);
        return first switch
        {
            's' or 't' or 'm' or 'd' => 2,
            '\u017F' when ignoreCase => 2,                                  // the long s folds to s
            'r' or 'v' when second == 'e' => 3,
            'l' when second == 'l' => 3,
            _ => 0,
        };
    }

    private static char Letter(ReadOnlySpan<char> text, int index, bool ignoreCase)
    {
        char c = index < text.Length ? text[index] : '\0';
        return ignoreCase && char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c;
    }
}
