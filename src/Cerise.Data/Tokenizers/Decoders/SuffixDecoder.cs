namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>The end-of-word suffix becomes a space, and nothing in the last token.</summary>
internal sealed class SuffixDecoder(string suffix) : TokenDecoder
{
    private readonly string _suffix = suffix;

    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        foreach (string token in tokens)
            result.Add(_suffix.Length == 0 ? token : token.Replace(_suffix, result.Count + 1 == tokens.Count ? "" : " ", StringComparison.Ordinal));
        return result;
    }
}
