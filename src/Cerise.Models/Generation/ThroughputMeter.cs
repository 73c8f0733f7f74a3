namespace Cerise.Models.Generation;

/// <summary>Tokens a second over about the last second, from a count that only grows.</summary>
internal sealed class ThroughputMeter(TimeProvider time)
{
    private long _began = time.GetTimestamp();
    private long _tokensThen;
    private double _rate;

    /// <summary>The rate now.</summary>
    /// <param name="tokens">The count.</param>
    /// <param name="isIdle">Whether nothing runs: the rate is then 0, and counting begins anew.</param>
    public double Read(long tokens, bool isIdle)
    {
        double seconds = time.GetElapsedTime(_began).TotalSeconds;
        if (isIdle)
            _rate = 0;
        else if (seconds >= 1 || _rate == 0)
            _rate = seconds > 0 ? (tokens - _tokensThen) / seconds : 0;
        if (isIdle || seconds >= 1)
            (_began, _tokensThen) = (time.GetTimestamp(), tokens);
        return _rate;
    }
}
