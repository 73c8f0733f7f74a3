using Cerise.Tensors;
using Cerise.Training.Benchmarks;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Benchmarks;

/// <summary>Results made up for tests: 100 GFLOP/s, 10 GB/s, a second each unless said.</summary>
internal static class Results
{
    public static RunEnvironment Environment { get; } = new()
    {
        Version = "1.0",
        Commit = "0123456789abcdef",
        Dotnet = ".NET 10",
        Os = "Linux",
        Cpu = "ACME (R) Turbo 9",
        Cores = 4,
        Threads = 2,
        Simd = "Vector512",
        Started = new DateTimeOffset(2026, 5, 4, 3, 2, 1, TimeSpan.Zero),
    };

    public static BenchmarkResult Of(string what, string config, int batch, double operations = 50e9, string? variant = null, int context = 256, int threads = 2) =>
        new(
            new BenchmarkWork(what, config, batch, threads)
            {
                Variant = variant,
                Tokens = 1000 * batch,
                Context = context,
                Parameters = 3_000_000,
                Operations = operations,
                Bytes = 1e9,
                WorkingSet = 1e8,
            },
            1, 0.9, new MachinePeaks(100, 50, 10, 5, 20))
        {
            PeakRssBytes = 123_000_000,
            KernelShare = 0.75,
            Kernels = [new KernelTime("MatMul.Forward", 7, 0.5), new KernelTime("Rotary", 6, 0.25)],
        };
}
