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
    /// <summary>Runs the work once to warm up, then again and again.</summary>
    /// <param name="work">What a repeat does; its threads are those whose peaks are measured.</param>
    /// <param name="device">Whose kernels the work runs; null when it runs none.</param>
    /// <param name="run">One repeat.</param>
    public BenchmarkResult Measure(BenchmarkWork work, Device? device, Action run)
    {
        List<double> seconds = [], gflops = [], gflopsOne = [], memory = [], memoryOne = [], again = [];
        cancellation.ThrowIfCancellationRequested();
        PeakMemory.Reset();
        run();
        Burst();
        gflops.Clear();                                                    // the first burst wakes threads and touches memory
        gflopsOne.Clear();
        memory.Clear();
        memoryOne.Clear();
        again.Clear();
        device?.ResetKernelTimes();
        for (int i = 0; ; i++)
        {
            Burst();
            if (i == repeat)
                break;
            cancellation.ThrowIfCancellationRequested();
            long start = Stopwatch.GetTimestamp();
            run();
            seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / work.Times);
        }
        int times = repeat * work.Times;
        return new BenchmarkResult(
            work, Median(seconds), seconds.Min(),
            new MachinePeaks(Median(gflops), Median(gflopsOne), Median(memory), Median(memoryOne), Median(again)))
        {
            IsCached = work.WorkingSet <= CacheSizes.Here.LastLevel,
            PeakRssBytes = PeakMemory.Bytes - peak.ReservedBytes,
            KernelShare = device?.KernelSeconds / (seconds.Sum() * work.Times),
            Kernels = [.. (device?.KernelTimes ?? []).Select(time => time with { Calls = time.Calls / times, Seconds = time.Seconds / times })],
        };

        void Burst()
        {
            gflops.Add(peak.MeasureGflops(work.Threads));
            gflopsOne.Add(peak.MeasureGflops(1));
            memory.Add(peak.MeasureGigabytesPerSecond(work.Threads));
            memoryOne.Add(peak.MeasureGigabytesPerSecond(1));
            again.Add(peak.MeasureGigabytesPerSecond(work.Threads, (long)work.WorkingSet));
        }
    }

    private static double Median(List<double> values)
    {
        values.Sort();
        int middle = values.Count / 2;
        return values.Count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
    }
}
