using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>One measurement, with the machine's peaks measured around the same repeats.</summary>
/// <param name="Work">What was done.</param>
/// <param name="Seconds">Median time of doing it once.</param>
/// <param name="BestSeconds">Shortest time of doing it once.</param>
/// <param name="Peaks">What the machine could do.</param>
public sealed record BenchmarkResult(BenchmarkWork Work, double Seconds, double BestSeconds, MachinePeaks Peaks)
{
    /// <summary>Whether the last cache holds all that the work uses.</summary>
    public bool IsCached { get; init; }

    /// <summary>What keeps the work from being faster.</summary>
    public BenchmarkLimit Limit => BytesSeconds <= OperationsSeconds ? BenchmarkLimit.Flops : IsCached ? BenchmarkLimit.CachedBytes : BenchmarkLimit.Bytes;

    /// <summary>Largest resident memory of the process while the work ran, in bytes, without what the measuring itself holds.</summary>
    public long PeakRssBytes { get; init; }

    /// <summary>Share of the wall time that is spent inside kernels; null for work outside the device.</summary>
    public double? KernelShare { get; init; }

    /// <summary>Each kernel's calls and seconds in one repeat, on average, the costliest first.</summary>
    public IReadOnlyList<KernelTime> Kernels { get; init; } = [];

    /// <summary>Tokens a second; null where there are no tokens.</summary>
    public double? TokensPerSecond => Work.Tokens == 0 ? null : Work.Tokens / Seconds;

    /// <summary>10^9 operations a second.</summary>
    public double Gflops => Work.Operations / Seconds / 1e9;

    /// <summary><see cref="Gflops"/> as a share of the FMA peak, in (0, 1].</summary>
    public double ShareOfPeak => Gflops / Peaks.Gflops;

    /// <summary>
    /// The time that <see cref="Limit"/> asks for at least as a share of the time taken. Near 1 means that nothing but a better machine helps.
    /// </summary>
    public double ShareOfLimit => LimitSeconds / Seconds;

    /// <summary>Seconds that the work takes at least: its operations at the FMA peak, or its bytes at the bandwidth, whichever is longer.</summary>
    public double LimitSeconds => Math.Max(OperationsSeconds, BytesSeconds);

    private double OperationsSeconds => Work.Operations / (Peaks.Gflops * 1e9);

    private double BytesSeconds => Work.Bytes / ((IsCached ? Peaks.WorkingSet : Peaks.Memory) * 1e9);
}
