namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Lower case, character by character and in no language; U+0130 becomes i and a dot above, as in Unicode's full mapping.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override string Normalize(string text) => text.ToLowerInvariant().Replace("\u0130", "i\u0307", StringComparison.Ordinal);
}
