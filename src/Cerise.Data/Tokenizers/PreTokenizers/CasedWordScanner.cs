using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>The splitting pattern of o200k (gpt-oss, Phi-4-mini) and, with numbers in single digits and without contractions, of Mistral's Tekken: words end where capitals begin.</summary>
internal sealed class CasedWordScanner(int maxDigits, bool contractions) : PieceScanner
{
    /// <summary>The pattern of o200k.</summary>
    public const string Pattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?|"
        + @"\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The pattern of Tekken.</summary>
    public const string TekkenPattern =
        @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|"
        + @"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|"
        + @"\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly int _maxDigits = maxDigits;
    private readonly bool _contractions = contractions;

    public override int NextEnd(ReadOnlySpan<char> text, int start)
    {
        CharTraits kind = CodePoints.TraitsAt(text, start, out int length);
        int second = start + length;
        if ((kind & CharTraits.Number) != 0)
            return EndOfDigits(text, second, _maxDigits);
        if ((kind & (CharTraits.Letter | CharTraits.NewLine)) == 0)
        {
            // Any other character may begin a word; only a mark is also a part of one.
            int end = EndOfSmallWord(text, second);
            if (end < 0 && (kind & CharTraits.Mark) != 0)
                end = EndOfSmallWord(text, start);
            if (end < 0)
                end = EndOfCapitals(text, second);
            if (end >= 0)
                return AfterContraction(text, end);
        }
        else if ((kind & CharTraits.Letter) != 0)
            return AfterContraction(text, EndOfSmallWord(text, start) is >= 0 and var end ? end : EndOfCapitals(text, start));
        int symbols = text[start] == ' ' ? second : start;
        int after = CodePoints.EndOfRun(text, symbols, CharClass.Other);
        if (after == symbols)
            return EndOfSpace(text, start);
        while (after < text.Length && text[after] is '\r' or '\n' or '/')
            after++;
        return after;
    }

    /// <summary>Capitals and then at least one other letter, or -1: the capitals are given back up to the last that may be such a letter.</summary>
    private static int EndOfSmallWord(ReadOnlySpan<char> text, int start)
    {
        int at = start, lastContinuing = -1;                                // end of the last one that is both
        while (at < text.Length && CodePoints.TraitsAt(text, at, out int length) is var traits && (traits & CharTraits.Opening) != 0)
        {
            at += length;
            if ((traits & CharTraits.Continuing) != 0)
                lastContinuing = at;
        }
        int end = CodePoints.EndOfRun(text, at, CharTraits.Continuing);
        return end > at ? end : lastContinuing;
    }

    private static int EndOfCapitals(ReadOnlySpan<char> text, int start)
    {
        int at = CodePoints.EndOfRun(text, start, CharTraits.Opening);
        return at > start ? CodePoints.EndOfRun(text, at, CharTraits.Continuing) : -1;
    }

    private int AfterContraction(ReadOnlySpan<char> text, int end) =>
        _contractions && end < text.Length && text[end] == '\'' ? end + Contraction(text, end, ignoreCase: true) : end;
}
