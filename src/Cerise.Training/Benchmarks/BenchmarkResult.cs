using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>One measurement: medians, with the machine's peaks measured around the same repeats.</summary>
/// <param name="What">Kind: train_step, decode, score or gemm.</param>
/// <param name="Config">The model, or for gemm the sizes.</param>
/// <param name="Batch">Sequences at once; for gemm rows.</param>
/// <param name="Tokens">Tokens that one repeat handles; 0 for gemm.</param>
/// <param name="Threads">Threads that worked.</param>
/// <param name="Seconds">Median time of a repeat.</param>
/// <param name="Operations">Floating-point operations of a repeat, a multiply-add counted as two.</param>
/// <param name="PeakGflops">Median FMA peak of these threads during the repeats, 10^9 operations a second.</param>
/// <param name="PeakGflopsOneThread">The same of one thread.</param>
/// <param name="MemoryGigabytesPerSecond">Median bandwidth of reading memory with all threads, 10^9 bytes a second.</param>
public sealed record BenchmarkResult(
    string What, string Config, int Batch, int Tokens, int Threads, double Seconds, double Operations,
    double PeakGflops, double PeakGflopsOneThread, double MemoryGigabytesPerSecond)
{
    /// <summary>Share of the wall time that is spent inside kernels.</summary>
    public double KernelShare { get; init; }

    /// <summary>Each kernel's calls and seconds in one repeat, on average, the costliest first.</summary>
    public IReadOnlyList<KernelTime> Kernels { get; init; } = [];

    /// <summary>Tokens a second; null for gemm.</summary>
    public double? TokensPerSecond => Tokens == 0 ? null : Tokens / Seconds;

    /// <summary>10^9 operations a second.</summary>
    public double Gflops => Operations / Seconds / 1e9;

    /// <summary><see cref="Gflops"/> as a share of <see cref="PeakGflops"/>, in (0, 1].</summary>
    public double ShareOfPeak => Gflops / PeakGflops;
}
