namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>The visible character of Metaspace becomes a space again; in the first token it is dropped where it was put there.</summary>
internal sealed class MetaspaceDecoder(char replacement, bool dropsFirst) : TokenDecoder
{
    private readonly string _replacement = replacement.ToString();
    private readonly bool _dropsFirst = dropsFirst;

    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        foreach (string token in tokens)
            result.Add(token.Replace(_replacement, result.Count == 0 && _dropsFirst ? "" : " ", StringComparison.Ordinal));
        return result;
    }
}
