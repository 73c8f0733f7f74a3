using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>GPT-2's splitting pattern: contractions, words, numbers and symbols with one space before them, white space.</summary>
internal sealed class Gpt2Scanner : PieceScanner
{
    /// <summary>The pattern this scanner stands for.</summary>
    public const string Pattern = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    public override int NextEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text, start, ignoreCase: false) is > 0 and var contraction)
            return start + contraction;
        int at = text[start] == ' ' && start + 1 < text.Length ? start + 1 : start;
        CharClass kind = CodePoints.ClassAt(text, at, out int length);
        if (kind is CharClass.Space or CharClass.NewLine)
            return EndOfSpaceOrBreaks(text, start);
        return CodePoints.EndOfRun(text, at + length, kind);
    }

    /// <summary>A run of white space leaves its last character to what follows, unless it ends the text or is that one character.</summary>
    private static int EndOfSpaceOrBreaks(ReadOnlySpan<char> text, int start)
    {
        int end = start + 1;
        while (end < text.Length && char.IsWhiteSpace(text[end]))
            end++;
        return end == text.Length || end - start == 1 ? end : end - 1;
    }
}
