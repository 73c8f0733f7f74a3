namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>The output of connectionist temporal classification: equal neighbours count once, padding not at all, the delimiter is a space.</summary>
internal sealed class CtcDecoder(string padToken, string wordDelimiter, bool cleanup) : TokenDecoder
{
    private readonly string _padToken = padToken;
    private readonly string _wordDelimiter = wordDelimiter;
    private readonly bool _cleanup = cleanup;

    public override List<string> Decode(List<string> tokens)
    {
        var result = new List<string>(tokens.Count);
        for (int i = 0; i < tokens.Count; i++)
        {
            if (i > 0 && tokens[i] == tokens[i - 1])
                continue;
            string text = Replace(tokens[i], _padToken, "");
            if (_cleanup)
                text = Replace(EnglishCleanup.Apply(text), _wordDelimiter, " ");
            if (text.Length > 0)
                result.Add(text);
        }
        return result;
    }

    private static string Replace(string text, string what, string with) => what.Length == 0 ? text : text.Replace(what, with, StringComparison.Ordinal);
}
