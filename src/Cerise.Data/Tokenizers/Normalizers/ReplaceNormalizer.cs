using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Normalizers;

/// <summary>Replaces every match of a pattern.</summary>
internal sealed class ReplaceNormalizer(TextPattern pattern, string content) : Normalizer
{
    private readonly TextPattern _pattern = pattern;
    private readonly string _content = content;

    public override string Normalize(string text) => _pattern.Replace(text, _content);
}
