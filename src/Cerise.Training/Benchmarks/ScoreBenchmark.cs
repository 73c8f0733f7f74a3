using Cerise.Models;
using Cerise.Tensors.Autograd;

namespace Cerise.Training.Benchmarks;

/// <summary>Log-probabilities of given tokens: the forward pass alone.</summary>
internal static class ScoreBenchmark
{
    public static BenchmarkResult Run(string config, CausalModel model, BenchmarkSizes sizes, int threads, RepeatTimer timer)
    {
        var batch = TokenBatch.PackAll(BenchmarkSizes.Sequences(model, sizes.TrainBatch, sizes.TrainTokens));
        using var graph = new Graph(model.Device, record: false);
        int tokens = sizes.TrainBatch * sizes.TrainTokens;
        double operations = tokens * BenchmarkSizes.ForwardOperations(model, sizes.TrainTokens / 2.0);
        return timer.Measure(
            model.Device,
            threads,
            () =>
            {
                model.LogProbs(graph, batch);
                graph.Reset();
            },
            (seconds, peak, peakOne, memory) => new(
                "score", config, sizes.TrainBatch, tokens, threads, seconds, operations, peak, peakOne, memory));
    }
}
