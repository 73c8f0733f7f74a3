using System.Text;
using Cerise.Data.Tokenizers.Alignment;
using Cerise.Data.Tokenizers.Bpe;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Spells the text's UTF-8 bytes with the byte-level alphabet.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override TrackedText Normalize(TrackedText text) => Spell(text);

    /// <summary>The text with each byte as its character; all bytes of a character come from where it came from.</summary>
    public static TrackedText Spell(TrackedText text)
    {
        if (text.Origins is null)
            return new(ByteLevelAlphabet.Map(text.Text), null);
        var result = new TextRewriter(text);
        Span<byte> utf8 = stackalloc byte[4];
        int at = 0;
        foreach (Rune rune in text.Text.EnumerateRunes())
        {
            foreach (byte value in utf8[..rune.EncodeToUtf8(utf8)])
                result.Append([ByteLevelAlphabet.CharOf(value)], at);
            at += rune.Utf16SequenceLength;
        }
        return result.Finish();
    }
}
