namespace Cerise.Studio.Chat;

/// <summary>A request that is ready to be answered.</summary>
/// <param name="promptTokens">Tokens of its prompt.</param>
/// <param name="samples">Its answers.</param>
/// <param name="pieces">Answers it.</param>
/// <param name="callId">Names a tool call by answer and number.</param>
internal sealed class ChatAnswer(
    int promptTokens, IReadOnlyList<AnswerSample> samples, Func<CancellationToken, IAsyncEnumerable<ChatPiece>> pieces, Func<int, int, string> callId)
{
    /// <summary>Tokens of the prompt.</summary>
    public int PromptTokens => promptTokens;

    /// <summary>Tokens sampled so far, in all answers.</summary>
    public int CompletionTokens => samples.Sum(sample => sample.Tokens);

    /// <summary>Of these, those the model thought with.</summary>
    public int ReasoningTokens => samples.Sum(sample => sample.ReasoningTokens);

    /// <summary>The id of a tool call.</summary>
    public string CallId(int sample, int call) => callId(sample, call);

    /// <summary>Answers, piece by piece; those of several answers interleaved. To be enumerated once.</summary>
    /// <exception cref="RequestException">The engine refused, or could not finish.</exception>
    public IAsyncEnumerable<ChatPiece> Pieces(CancellationToken cancellation) => pieces(cancellation);
}
