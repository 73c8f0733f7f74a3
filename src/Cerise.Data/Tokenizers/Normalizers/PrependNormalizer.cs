using Cerise.Data.Tokenizers.Alignment;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Puts a text before every text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    private readonly string _prefix = prefix;

    public override TrackedText Normalize(TrackedText text) => Prepend(text, _prefix);

    /// <summary>The text with a prefix, which comes from where the first character comes from; an empty text stays empty.</summary>
    public static TrackedText Prepend(TrackedText text, string prefix)
    {
        if (text.Text.Length == 0 || prefix.Length == 0)
            return text;
        if (text.Origins is null)
            return new(prefix + text.Text, null);
        var result = new TextRewriter(text);
        result.Append(prefix, 0);
        result.Copy(0, text.Text.Length);
        return result.Finish();
    }
}
