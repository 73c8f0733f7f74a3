namespace Cerise.Studio.Hosting;

/// <summary>Measures when the tokens of one request come.</summary>
/// <param name="metrics">Receives it.</param>
/// <param name="time">The clock.</param>
internal sealed class AnswerTimes(ServerMetrics metrics, TimeProvider time)
{
    private readonly long _began = time.GetTimestamp();
    private long _first;

    /// <summary>Tells that something of an answer has come.</summary>
    public void Came()
    {
        if (_first != 0)
            return;
        _first = time.GetTimestamp();
        metrics.AddFirstToken(time.GetElapsedTime(_began, _first));
    }

    /// <summary>Tells that all answers have ended.</summary>
    /// <param name="promptTokens">Tokens of the prompts.</param>
    /// <param name="tokens">Tokens of all answers.</param>
    /// <param name="samples">How many answers, sampled side by side.</param>
    public void End(int promptTokens, int tokens, int samples)
    {
        metrics.AddTokens(promptTokens, tokens);
        if (_first != 0 && tokens > samples)
            metrics.AddPerToken(time.GetElapsedTime(_first) / Math.Max(1, (tokens - samples) / samples));
    }
}
