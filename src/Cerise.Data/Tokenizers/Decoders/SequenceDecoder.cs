using Cerise.Data.Tokenizers.Models;
using Cerise.Data.Tokenizers.Parsing;

namespace Cerise.Data.Tokenizers.Decoders;

/// <summary>Decoders one after the other.</summary>
internal sealed class SequenceDecoder(TokenDecoder[] steps) : TokenDecoder
{
    private readonly TokenDecoder[] _steps = steps;

    public override List<string> Decode(List<string> tokens)
    {
        long before = Length(tokens);
        foreach (TokenDecoder step in _steps)
        {
            tokens = step.Decode(tokens);
            TextGrowth.Check(before, Length(tokens));
        }
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

    private static long Length(List<string> tokens)
    {
        long length = 0;
        foreach (string token in tokens)
            length += token.Length;
        return length;
    }
}
