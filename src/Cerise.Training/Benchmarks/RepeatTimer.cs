using System.Diagnostics;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;

namespace Cerise.Training.Benchmarks;

/// <summary>Times repeats of one piece of work, with a burst of each peak measurement before every repeat and after the last.</summary>
/// <param name="peak">Measures the machine.</param>
/// <param name="repeat">Repeats after the warm-up.</param>
/// <param name="cancellation">Stops between two repeats.</param>
internal sealed class RepeatTimer(PeakMeter peak, int repeat, CancellationToken cancellation)
{
    /// <summary>Runs the work once to warm up, then <paramref name="work"/> again and again.</summary>
    /// <param name="device">Whose kernels the work runs.</param>
    /// <param name="threads">Threads the work uses: the peak is theirs.</param>
    /// <param name="work">One repeat.</param>
    /// <param name="describe">Makes the result of the medians: seconds, peak of these threads, peak of one thread, bandwidth.</param>
    public BenchmarkResult Measure(Device device, int threads, Action work, Func<double, double, double, double, BenchmarkResult> describe)
    {
        List<double> seconds = [], gflops = [], gflopsOne = [], bandwidth = [];
        work();
        peak.MeasureGflops(threads);
        peak.MeasureGigabytesPerSecond();
        device.ResetKernelTimes();
        for (int i = 0; ; i++)
        {
            gflops.Add(peak.MeasureGflops(threads));
            gflopsOne.Add(peak.MeasureGflops(1));
            bandwidth.Add(peak.MeasureGigabytesPerSecond());
            if (i == repeat)
                break;
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            work();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        double total = seconds.Sum();
        return describe(Median(seconds), Median(gflops), Median(gflopsOne), Median(bandwidth)) with
        {
            KernelShare = device.KernelSeconds / total,
            Kernels = [.. device.KernelTimes.Select(time => time with { Calls = time.Calls / repeat, Seconds = time.Seconds / repeat })],
        };
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        int middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
