using System.Globalization;
using System.Text;

namespace Cerise.Studio.Hosting;

/// <summary>Counts durations by size, as Prometheus reads them. Safe for use from many threads at once.</summary>
/// <param name="name">Its name.</param>
/// <param name="help">What it measures.</param>
/// <param name="bounds">Upper bounds of the buckets, seconds, growing.</param>
internal sealed class Histogram(string name, string help, double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly Lock _lock = new();
    private double _sum;

    /// <summary>Adds a duration.</summary>
    public void Add(TimeSpan duration)
    {
        double seconds = duration.TotalSeconds;
        int bucket = 0;
        while (bucket < bounds.Length && seconds > bounds[bucket])
            bucket++;
        lock (_lock)
        {
            _counts[bucket]++;
            _sum += seconds;
        }
    }

    /// <summary>Writes it as text.</summary>
    public void Write(StringBuilder text)
    {
        lock (_lock)
        {
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} histogram\n");
            long count = 0;
            for (int bucket = 0; bucket < bounds.Length; bucket++)
                text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"{bounds[bucket]}\"}} {count += _counts[bucket]}\n");
            count += _counts[^1];
            text.Append(CultureInfo.InvariantCulture, $"{name}_bucket{{le=\"+Inf\"}} {count}\n{name}_sum {_sum}\n{name}_count {count}\n");
        }
    }
}
