namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>A space goes before every token but the first and those with the continuing prefix, which is dropped.</summary>
internal sealed class WordPieceDecoder(string prefix, bool cleanup) : TokenDecoder
{
    private readonly string _prefix = prefix;
    private readonly bool _cleanup = cleanup;

    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        foreach (string token in tokens)
        {
            string text = result.Count == 0 ? token
                : token.StartsWith(_prefix, StringComparison.Ordinal) ? token[_prefix.Length..]
                : " " + token;
            result.Add(_cleanup ? EnglishCleanup.Apply(text) : text);
        }
        return result;
    }
}
