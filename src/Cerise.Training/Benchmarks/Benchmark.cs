using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;

namespace Cerise.Training.Benchmarks;

/// <summary>
/// Measures the engine: training, decoding and scoring tokens a second, and matrix products, each beside the machine's peaks of the same moment.
/// </summary>
/// <remarks>
/// Models have random weights and tied embeddings. Operations are counted as usual: 6 N + 6 L d T a token for training, 2 N + 2 L d T for
/// scoring, where N is the number of weights, L the layers, d the attention's channels and T the tokens of a sequence, of which causal
/// attention sees half on average.
/// </remarks>
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
            foreach (BenchmarkResult result in GemmBenchmark.Run(device, options.Threads, timer))
                yield return result;
        foreach (string config in options.Configs)
        {
            var sizes = BenchmarkSizes.Of(config);
            using var model = CausalModel.Create(ModelPresets.All[config], device, Seed.From(1));
            if (options.What.Contains("decode"))
                foreach (BenchmarkResult result in DecodeBenchmark.Run(config, model, sizes, options.Threads, timer))
                    yield return result;
            if (options.What.Contains("score"))
                yield return ScoreBenchmark.Run(config, model, sizes, options.Threads, timer);
            if (options.What.Contains("train_step"))
                yield return TrainStepBenchmark.Run(config, model, sizes, options.Threads, timer);
        }
    }
}
