using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Lower case, character by character and in no language; U+0130 becomes i and a dot above, as in Unicode's full mapping.</summary>
internal sealed class LowercaseNormalizer : Normalizer
{
    public override TrackedText Normalize(TrackedText text) => Lower(text);

    /// <summary>The text in lower case.</summary>
    public static TrackedText Lower(TrackedText text)
    {
        text = text.WithSameOrigins(text.Text.ToLowerInvariant());
        return ReplaceNormalizer.Replace(text, "\u0130", "i\u0307");
    }
}
