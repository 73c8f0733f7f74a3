using Cerise.Data.Tokenizers.Models;

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

    public override void AppendBytes(string token, List<byte> bytes)
    {
        // A token that one step reads as a byte is that byte; the steps around work on text.
        if (_steps.Any(step => step is ByteLevelDecoder || (step is ByteFallbackDecoder && ByteTokens.TryRead(token, out _))))
            _steps.First(step => step is ByteLevelDecoder or ByteFallbackDecoder).AppendBytes(token, bytes);
        else
            base.AppendBytes(token, bytes);
    }
}
