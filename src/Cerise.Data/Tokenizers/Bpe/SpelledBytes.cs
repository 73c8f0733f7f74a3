using System.Text;

namespace Cerise.Data.Tokenizers.Bpe;

/// <summary>Places in the UTF-8 bytes of a text, and in the text.</summary>
internal static class SpelledBytes
{
    /// <summary>Turns ranges of bytes, in order, into the ranges of the characters that they touch.</summary>
    public static void RangesToCharacters(ReadOnlySpan<char> text, Span<(int Start, int End)> ranges)
    {
        int units = 0, bytes = 0;                                           // where the character begins that holds the byte last asked for
        for (int i = 0; i < ranges.Length; i++)
        {
            (int start, int end) = ranges[i];
            int first = CharacterOf(text, start, ref units, ref bytes, out int after);
            if (end > start)
                CharacterOf(text, end - 1, ref units, ref bytes, out after);
            ranges[i] = (first, end > start ? after : first);
        }
    }

    private static int CharacterOf(ReadOnlySpan<char> text, int target, ref int units, ref int bytes, out int after)
    {
        if (target < bytes)
            (units, bytes) = (0, 0);
        while (true)
        {
            Rune.DecodeFromUtf16(text[units..], out Rune rune, out int length);
            after = units + length;
            if (length == 0 || target < bytes + rune.Utf8SequenceLength)
                return units;
            units = after;
            bytes += rune.Utf8SequenceLength;
        }
    }
}
