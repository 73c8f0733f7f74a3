using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>The three splits of DeepSeek-V2, V3 and R1 in one: numbers of up to three digits, then runs of Chinese and Japanese, then words and symbols within what is left.</summary>
internal sealed class DeepSeekScanner : PieceScanner
{
    private const CharTraits Word = CharTraits.Letter | CharTraits.Mark;

    /// <summary>The patterns in order, line breaks written out.</summary>
    public static IReadOnlyList<string> Patterns { get; } =
    [
        @"\p{N}{1,3}",
        "[\u4E00-\u9FA5\u3040-\u309F\u30A0-\u30FF]+",
        @"[!""#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~][A-Za-z]+|[^\r\n\p{L}\p{P}\p{S}]?[\p{L}\p{M}]+| ?[\p{P}\p{S}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
    ];

    public override int NextEnd(ReadOnlySpan<char> text, int start)
    {
        CharTraits kind = CodePoints.TraitsAt(text, start, out int length);
        if ((kind & CharTraits.Number) != 0)
            return EndOfDigits(text, start + length, maxDigits: 3);
        bool chinese = IsChinese(text[start]);
        int end = EndOfMatch(text, start, chinese);
        if (end >= 0)
            return end;
        // What no pattern matches stays together until one does.
        for (end = start + length; end < text.Length && Continues(text, end, chinese) && EndOfMatch(text, end, chinese) < 0; end += length)
            CodePoints.TraitsAt(text, end, out length);
        return end;
    }

    /// <summary>The end of a match of the last pattern, or -1. A piece of the first two patterns ends a text for it.</summary>
    private static int EndOfMatch(ReadOnlySpan<char> text, int start, bool chinese)
    {
        CharTraits kind = CodePoints.TraitsAt(text, start, out int length);
        int second = start + length;
        if (char.IsAscii(text[start]) && (kind & CharTraits.Symbol) != 0 && IsAsciiLetter(text, second))
        {
            while (IsAsciiLetter(text, second))
                second++;
            return second;
        }
        if ((kind & Word) != 0)
            return EndOf(text, second, Word, chinese);
        if ((kind & (CharTraits.Symbol | CharTraits.NewLine)) == 0 && EndOf(text, second, Word, chinese) is var word && word > second)
            return word;
        int symbols = text[start] == ' ' ? second : start;
        int after = EndOf(text, symbols, CharTraits.Symbol, chinese);
        if (after > symbols)
            return EndOf(text, after, CharTraits.NewLine, chinese);
        if ((kind & (CharTraits.Space | CharTraits.NewLine)) == 0)
            return -1;
        int end = EndOf(text, start, CharTraits.Space | CharTraits.NewLine, chinese);
        // One character more lets the space see that something follows; a piece of the first two patterns does not count.
        return EndOfSpace(text[..(end < text.Length && Continues(text, end, chinese) ? end + 1 : end)], start);
    }

    private static int EndOf(ReadOnlySpan<char> text, int start, CharTraits traits, bool chinese)
    {
        int at = start;
        while (at < text.Length && Continues(text, at, chinese) && (CodePoints.TraitsAt(text, at, out int length) & traits) != 0)
            at += length;
        return at;
    }

    private static bool Continues(ReadOnlySpan<char> text, int at, bool chinese) =>
        IsChinese(text[at]) == chinese && (CodePoints.TraitsAt(text, at, out _) & CharTraits.Number) == 0;

    private static bool IsAsciiLetter(ReadOnlySpan<char> text, int at) => at < text.Length && char.IsAsciiLetter(text[at]);

    private static bool IsChinese(char c) => c is (>= '\u4E00' and <= '\u9FA5') or (>= '\u3040' and <= '\u30FF');
}
