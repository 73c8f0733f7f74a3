using Cerise.Data.Tokenizers.Unicode;

namespace Cerise.Data.Tokenizers.PreTokenizers;

/// <summary>The splitting pattern of Qwen2 and Qwen2.5 (numbers in single digits) and, with up to three digits a piece, of Llama 3.</summary>
internal sealed class Qwen2Scanner(int maxDigits) : PieceScanner
{
    /// <summary>Qwen2's pattern.</summary>
    public const string Pattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The same pattern with numbers in pieces of up to three digits.</summary>
    public const string ThreeDigitPattern =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private readonly int _maxDigits = maxDigits;

    public override int NextEnd(ReadOnlySpan<char> text, int start)
    {
        if (text[start] == '\'' && Contraction(text, start, ignoreCase: true) is > 0 and var contraction)
            return start + contraction;
        CharClass kind = CodePoints.ClassAt(text, start, out int length);
        int second = start + length;
        if (kind == CharClass.Letter)
            return CodePoints.EndOfRun(text, second, CharClass.Letter);
        if (kind == CharClass.Number)
            return EndOfDigits(text, second, _maxDigits);
        CharClass next = second < text.Length ? CodePoints.ClassAt(text, second, out int nextLength) : CharClass.NewLine;
        if (kind != CharClass.NewLine && next == CharClass.Letter)
            return CodePoints.EndOfRun(text, second, CharClass.Letter);
        if (kind == CharClass.Other || (text[start] == ' ' && next == CharClass.Other))
            return CodePoints.EndOfRun(text, CodePoints.EndOfRun(text, second, CharClass.Other), CharClass.NewLine);
        return EndOfSpace(text, start);
    }
}
