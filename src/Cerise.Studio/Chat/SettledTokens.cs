using System.Text;
using Cerise.Data.Inference;

namespace Cerise.Studio.Chat;

/// <summary>Says when a token's log-probability may be told: when the text it begins in has been, so that tokens of a stop string are not.</summary>
internal sealed class SettledTokens
{
    private readonly Queue<(EngineToken Token, long Start)> _waiting = new();
    private long _tokenBytes;
    private long _textBytes;

    /// <summary>Takes the next token.</summary>
    /// <returns>The tokens that are settled with it, in order. An end token never is.</returns>
    public IReadOnlyList<EngineToken> Take(EngineToken token)
    {
        if (!token.IsEnd)
            _waiting.Enqueue((token, _tokenBytes));
        _tokenBytes += token.Bytes.Length;
        _textBytes += Encoding.UTF8.GetByteCount(token.Text);
        bool all = token.FinishReason is not null && token.StopString is null;
        List<EngineToken> settled = [];
        while (_waiting.TryPeek(out (EngineToken Token, long Start) next) && (all || next.Start < _textBytes))
            settled.Add(_waiting.Dequeue().Token);
        return settled;
    }
}
