using Cerise.Data.Inference;

namespace Cerise.Studio.Chat;

/// <summary>One answer in the making: turns its tokens into pieces.</summary>
/// <param name="sample">Which of the request's answers.</param>
/// <param name="reader">Parts its text.</param>
/// <param name="parallel">Whether it may hold more than one tool call.</param>
internal sealed class AnswerSample(int sample, AnswerReader reader, bool parallel)
{
    private readonly SettledTokens _tokens = new();

    /// <summary>Parts its text.</summary>
    public AnswerReader Reader => reader;

    /// <summary>Tokens sampled.</summary>
    public int Tokens { get; private set; }

    /// <summary>Of these, those the model thought with.</summary>
    public int ReasoningTokens { get; private set; }

    /// <summary>Takes a token.</summary>
    /// <param name="token">It.</param>
    /// <param name="goesOn">Whether the answer goes on after the token's own end.</param>
    /// <param name="ending">Text that ended the engine's part of the answer, and is part of it all the same.</param>
    /// <returns>What became certain with it; null for nothing.</returns>
    public ChatPiece? Take(EngineToken token, bool goesOn = false, string ending = "")
    {
        Tokens++;
        bool thought = reader.IsReasoning;
        List<AnswerDelta> deltas = [];
        reader.Append(token.Text + ending, deltas);
        if (thought || reader.IsReasoning)
            ReasoningTokens++;
        ChatFinish? finish = null;
        if (token.FinishReason is { } reason && !goesOn)
        {
            reader.Finish(deltas);
            finish = FinishOf(reason);
        }
        return PieceOf(deltas, _tokens.Take(token), finish);
    }

    /// <summary>Ends the answer where the engine has no more room for it.</summary>
    public ChatPiece End()
    {
        List<AnswerDelta> deltas = [];
        reader.Finish(deltas);
        return new ChatPiece(sample, deltas, [], ChatFinish.Length);
    }

    private ChatPiece? PieceOf(List<AnswerDelta> deltas, IReadOnlyList<EngineToken> tokens, ChatFinish? finish)
    {
        if (!parallel)
            deltas.RemoveAll(delta => delta.Call > 0);
        return deltas.Count > 0 || tokens.Count > 0 || finish is not null ? new ChatPiece(sample, deltas, tokens, finish) : null;
    }

    private ChatFinish FinishOf(EngineFinish reason) =>
        reason == EngineFinish.Length ? ChatFinish.Length : reader.Calls > 0 ? ChatFinish.ToolCalls : ChatFinish.Stop;
}
