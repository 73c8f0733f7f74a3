using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Replaces every match of a pattern in each token.</summary>
internal sealed class ReplaceDecoder(TextPattern pattern, string content) : TokenDecoder
{
    private readonly TextPattern _pattern = pattern;
    private readonly string _content = content;

    public override List<string> Decode(List<string> tokens) => tokens.ConvertAll(token => _pattern.Replace(token, _content));
}
