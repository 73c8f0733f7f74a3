using System.Diagnostics;

namespace Cerise.Tensors.Numerics;

/// <summary>Adds up the time of each kind of job; two readings of the clock a job, so that it can always run.</summary>
internal sealed class KernelClock
{
    private static readonly Lock Naming = new();
    private static readonly List<string> Names = [];

    private long[] _ticks = new long[64];
    private long[] _calls = new long[64];

    /// <summary>The kernels that ran, the costliest first.</summary>
    public IReadOnlyList<KernelTime> Times
    {
        get
        {
            string[] names;
            lock (Naming)
                names = [.. Names];
            return
            [
                .. names.Take(_calls.Length).Select((name, slot) => new KernelTime(name, _calls[slot], (double)_ticks[slot] / Stopwatch.Frequency))
                    .Where(time => time.Calls > 0)
                    .OrderByDescending(time => time.Seconds),
            ];
        }
    }

    /// <summary>Time of all kernels.</summary>
    public double Seconds => (double)_ticks.Sum() / Stopwatch.Frequency;

    /// <summary>Adds one call that began at <paramref name="start"/> and ends now.</summary>
    public void Add<TJob>(long start)
        where TJob : struct, IJob
    {
        int slot = Slot<TJob>.Number;
        if (slot >= _ticks.Length)
        {
            Array.Resize(ref _ticks, 2 * slot);
            Array.Resize(ref _calls, 2 * slot);
        }
        _ticks[slot] += Stopwatch.GetTimestamp() - start;
        _calls[slot]++;
    }

    /// <summary>Sets everything to zero.</summary>
    public void Reset()
    {
        Array.Clear(_ticks);
        Array.Clear(_calls);
    }

    private static int NewSlot(Type job)
    {
        string own = job.Name.Split('`')[0];
        string name = job.DeclaringType is { } kernel ? $"{kernel.Name.Split('`')[0]}.{(own.EndsWith("Job", StringComparison.Ordinal) ? own[..^3] : own)}" : own;
        lock (Naming)
        {
            Names.Add(name);
            return Names.Count - 1;
        }
    }

    private static class Slot<TJob>
        where TJob : struct, IJob
    {
        public static readonly int Number = NewSlot(typeof(TJob));
    }
}
