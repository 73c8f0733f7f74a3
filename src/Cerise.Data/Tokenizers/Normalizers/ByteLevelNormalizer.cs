using Cerise.Data.Tokenizers.Bpe;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Spells the text's UTF-8 bytes with the byte-level alphabet.</summary>
internal sealed class ByteLevelNormalizer : Normalizer
{
    public override string Normalize(string text) => ByteLevelAlphabet.Map(text);
}
