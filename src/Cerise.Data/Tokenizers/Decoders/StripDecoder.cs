namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Takes a character away at the ends of each token, up to so many times.</summary>
internal sealed class StripDecoder(char content, int start, int stop) : TokenDecoder
{
    private readonly char _content = content;
    private readonly int _start = start;
    private readonly int _stop = stop;

    public override List<string> Decode(List<string> tokens) => tokens.ConvertAll(Strip);

    private string Strip(string token)
    {
        int from = 0, to = token.Length;
        while (from < to && from < _start && token[from] == _content)
            from++;
        while (to > from && token.Length - to < _stop && token[to - 1] == _content)
            to--;
        return token[from..to];
    }
}
