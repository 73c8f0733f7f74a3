namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Puts a text before every text that is not empty.</summary>
internal sealed class PrependNormalizer(string prefix) : Normalizer
{
    private readonly string _prefix = prefix;

    public override string Normalize(string text) => text.Length == 0 ? text : _prefix + text;
}
