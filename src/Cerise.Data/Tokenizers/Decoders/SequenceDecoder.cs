namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Decoders one after the other.</summary>
internal sealed class SequenceDecoder(TokenDecoder[] steps) : TokenDecoder
{
    private readonly TokenDecoder[] _steps = steps;

    public override List<string> Decode(List<string> tokens)
    {
        foreach (TokenDecoder step in _steps)
            tokens = step.Decode(tokens);
        return tokens;
    }
}
