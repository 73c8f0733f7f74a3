using Cerise.Data.Inference;

namespace Cerise.Studio.Chat;

/// <summary>What became certain of an answer.</summary>
/// <param name="Sample">Which of the request's answers, from 0.</param>
/// <param name="Deltas">Its new pieces.</param>
/// <param name="Tokens">The tokens that came with them, for log-probabilities.</param>
/// <param name="Finish">Why the answer ends here; null where it goes on.</param>
internal sealed record ChatPiece(int Sample, IReadOnlyList<AnswerDelta> Deltas, IReadOnlyList<EngineToken> Tokens, ChatFinish? Finish)
{
    /// <summary>Puts pieces of one answer that follow each other together.</summary>
    public static ChatPiece Join(IEnumerable<ChatPiece> pieces)
    {
        ChatPiece[] all = [.. pieces];
        return all is [var only]
            ? only
            : new ChatPiece(all[0].Sample, AnswerDelta.Join(all.SelectMany(piece => piece.Deltas)), [.. all.SelectMany(piece => piece.Tokens)], all[^1].Finish);
    }
}

/// <summary>Why an answer ends.</summary>
internal enum ChatFinish
{
    /// <summary>The model, a stop string or the schema ended it.</summary>
    Stop,

    /// <summary>The limit of tokens, or of the context.</summary>
    Length,

    /// <summary>It calls tools.</summary>
    ToolCalls,
}
