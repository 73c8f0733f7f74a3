using System.Runtime.InteropServices;

namespace Cerise.Models.Generation;

/// <summary>Drawn tokens on their way to their readers: first and last ones at once, the others when it is time.</summary>
/// <remarks>
/// Waking a reader costs some tens of microseconds, more than drawing a small model's token, and takes them from the threads that compute. So the more streams
/// there are, the longer their tokens wait for company. For the service's thread alone.
/// </remarks>
/// <param name="time">The clock.</param>
/// <param name="longest">Most time a token waits.</param>
/// <param name="ending">Told of each request whose last token is about to be handed over.</param>
internal sealed class TokenDeliveries(TimeProvider time, TimeSpan longest, Action<ServedRun> ending)
{
    /// <summary>Time between two deliveries for each stream there is: at most about 700 wake-ups a second.</summary>
    private static readonly TimeSpan PerStream = TimeSpan.FromMilliseconds(1.5);

    private readonly List<ServedRun> _waiting = [];
    private long _last;

    /// <summary>Adds a token.</summary>
    public void Add(ServedRun run, in DrawnToken token)
    {
        if (run.Stream.Undelivered.Count == 0)
            _waiting.Add(run);
        run.Stream.Undelivered.Add(token);
    }

    /// <summary>Hands over what is due.</summary>
    /// <param name="streams">How many streams there are.</param>
    /// <returns>Whether it was time for all.</returns>
    public bool HandOver(int streams)
    {
        long now = time.GetTimestamp();
        TimeSpan interval = PerStream * streams;
        bool isTime = time.GetElapsedTime(_last, now) >= (interval < longest ? interval : longest);
        foreach (ServedRun run in CollectionsMarshal.AsSpan(_waiting))
        {
            if ((!isTime && !run.IsUrgent) || run.Stream.GuideFault is not null)
                continue;
            run.IsUrgent = false;
            if (run.Stream.Unfinished == 0)
                ending(run);
            run.Stream.Deliver();
        }
        _waiting.RemoveAll(static run => run.Stream.Undelivered.Count == 0);
        if (isTime)
            _last = now;
        return isTime;
    }

    /// <summary>Forgets requests that were given up.</summary>
    public void RemoveAbandoned() => _waiting.RemoveAll(static run => run.Abandoned);

    /// <summary>Forgets everything.</summary>
    public void Clear() => _waiting.Clear();
}
