using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;

namespace Cerise.Training.Benchmarks;

/// <summary>How cost grows with one size while all others stay: points of curves over tokens, batch, threads and parameters.</summary>
/// <remarks>The variant names work and size: "decode by batch".</remarks>
internal static class GrowthBenchmark
{
    private const string Small = "nano3m";
    private const int Length = 256, Sequences = 16, NewTokens = 64;
    private static readonly int[] Batches = [1, 2, 4, 8, 16, 32, 64];
    private static readonly int[] Widths = [96, 192, 288, 384, 576];

    public static IEnumerable<BenchmarkResult> Run(BenchmarkOptions options, Device device, RepeatTimer timer, CancellationToken cancellation) =>
        ByTokens(device, options.Threads, timer)
            .Concat(ByBatch(device, options.Threads, timer))
            .Concat(ByParameters(device, options.Threads, timer))
            .Concat(ByThreads(options, cancellation));

    private static IEnumerable<BenchmarkResult> ByTokens(Device device, int threads, RepeatTimer timer)
    {
        using var model = Model(ModelPresets.All[Small], device);
        foreach (int batch in Batches)
            yield return TrainStepBenchmark.Run(Work("train_step by tokens", Small, batch, threads), model, Length, timer);
    }

    private static IEnumerable<BenchmarkResult> ByBatch(Device device, int threads, RepeatTimer timer)
    {
        foreach (string config in new[] { Small, "tiny15m" })
        {
            using var model = Model(ModelPresets.All[config], device);
            foreach (int batch in Batches)
                yield return DecodeBenchmark.Run(Work("decode by batch", config, batch, threads), model, NewTokens, timer);
        }
    }

    // Shaped like the small model, wider and wider: heads of 32 channels, a feed-forward layer of 8/3 of the width.
    private static IEnumerable<BenchmarkResult> ByParameters(Device device, int threads, RepeatTimer timer)
    {
        foreach (int width in Widths)
        {
            ModelConfig config = ModelPresets.All[Small] with
            {
                HiddenSize = width,
                IntermediateSize = width * 8 / 3,
                NumAttentionHeads = width / 32,
                NumKeyValueHeads = width / 32,
            };
            using var model = Model(config, device);
            yield return DecodeBenchmark.Run(Work("decode by parameters", $"width {width}", Sequences, threads), model, NewTokens, timer);
            yield return TrainStepBenchmark.Run(Work("train_step by parameters", $"width {width}", Sequences, threads), model, Length, timer);
        }
    }

    private static IEnumerable<BenchmarkResult> ByThreads(BenchmarkOptions options, CancellationToken cancellation)
    {
        for (int threads = 1; threads <= options.Threads; threads++)
        {
            using Device device = Device.Cpu(threads);
            using PeakMeter peak = new(threads);
            var timer = new RepeatTimer(peak, options.Repeat, cancellation);
            using var model = Model(ModelPresets.All[Small], device);
            yield return GemmBenchmark.Run(Work("gemm by threads", "", 1, threads), device, timer);
            yield return DecodeBenchmark.Run(Work("decode by threads", Small, Sequences, threads), model, NewTokens, timer);
            yield return TrainStepBenchmark.Run(Work("train_step by threads", Small, Sequences, threads), model, Length, timer);
        }
    }

    private static CausalModel Model(ModelConfig config, Device device) => CausalModel.Create(config, device, Seed.From(1));

    private static BenchmarkWork Work(string variant, string config, int batch, int threads) =>
        new("growth", config, batch, threads) { Variant = variant };
}
