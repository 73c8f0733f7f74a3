using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;

namespace Cerise.Training.Benchmarks;

/// <summary>
/// Measures the engine: training, decoding and scoring tokens a second, and matrix products, each beside the machine's peaks of the same moment.
/// </summary>
/// <remarks>Models have random weights and tied embeddings. What is counted as operations and as bytes: docs/performance.md.</remarks>
public static class Benchmark
{
    /// <summary>Measures everything asked for, one result at a time.</summary>
    /// <param name="options">What to measure.</param>
    /// <param name="cancellation">Stops between two repeats.</param>
    public static IEnumerable<BenchmarkResult> Run(BenchmarkOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Measure(options, cancellation);
    }

    private static IEnumerable<BenchmarkResult> Measure(BenchmarkOptions options, CancellationToken cancellation)
    {
        using Device device = Device.Cpu(options.Threads);
        using PeakMeter peak = new(options.Threads);
        var timer = new RepeatTimer(peak, options.Repeat, cancellation);
        if (options.What.Contains("gemm"))
        {
            using (Device one = Device.Cpu(1))
                yield return GemmBenchmark.Run(Work("gemm", "", 1) with { Threads = 1 }, one, timer, options.DType);
            if (options.Threads > 1)
                yield return GemmBenchmark.Run(Work("gemm", "", 1), device, timer, options.DType);
        }
        if (options.What.Contains("fixed_order"))
            foreach (BenchmarkResult result in FixedOrderBenchmark.Run(timer))
                yield return result;
        foreach (string config in options.What.Any(NeedsConfig) ? options.Configs : [])
        {
            var sizes = BenchmarkSizes.Of(config);
            using var model = CausalModel.Create(ModelPresets.All[config], device, Seed.From(1), options.DType);
            if (options.What.Contains("decode"))
                foreach (int batch in sizes.DecodeBatches)
                    yield return DecodeBenchmark.Run(Work("decode", config, batch), model, sizes.NewTokens, timer);
            if (options.What.Contains("score"))
                yield return ScoreBenchmark.Run(Work("score", config, sizes.TrainBatch), model, sizes.TrainTokens, timer);
            if (options.What.Contains("train_step"))
                yield return TrainStepBenchmark.Run(Work("train_step", config, sizes.TrainBatch), model, sizes.TrainTokens, timer);
        }
        if (options.What.Contains("context"))
            foreach (BenchmarkResult result in ContextBenchmark.Run(device, options.Threads, timer))
                yield return result;
        if (options.What.Contains("growth"))
            foreach (BenchmarkResult result in GrowthBenchmark.Run(options, device, timer, cancellation))
                yield return result;

        static bool NeedsConfig(string kind) => kind is "decode" or "score" or "train_step";

        BenchmarkWork Work(string what, string config, int batch) => new(what, config, batch, options.Threads);
    }
}
