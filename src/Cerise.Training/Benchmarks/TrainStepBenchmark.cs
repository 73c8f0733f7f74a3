using Cerise.Models;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;
using Cerise.Training.Optimizers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Benchmarks;

/// <summary>One step of training: forward, backward, clipping by the global norm, AdamW.</summary>
internal static class TrainStepBenchmark
{
    public static BenchmarkResult Run(string config, CausalModel model, BenchmarkSizes sizes, int threads, RepeatTimer timer)
    {
        var batch = TokenBatch.PackAll(BenchmarkSizes.Sequences(model, sizes.TrainBatch, sizes.TrainTokens));
        float[] weights = new float[batch.Targets.Count];
        weights.AsSpan().Fill(-1f / weights.Length);
        using var optimizer = new AdamWOptimizer(model, new PretrainOptions { LearningRate = 1e-4, MaxGradNorm = 1 }, totalSteps: 1_000_000);
        using var graph = new Graph(model.Device, record: true);
        int tokens = sizes.TrainBatch * sizes.TrainTokens;
        double operations = 3 * tokens * BenchmarkSizes.ForwardOperations(model, sizes.TrainTokens / 2.0);
        return timer.Measure(
            model.Device,
            threads,
            () =>
            {
                optimizer.ZeroGradients();
                graph.Backward(model.LogProbs(graph, batch).LogProbs.Dot(weights));
                graph.Reset();
                optimizer.Update();
            },
            (seconds, peak, peakOne, memory) => new(
                "train_step", config, sizes.TrainBatch, tokens, threads, seconds, operations, peak, peakOne, memory));
    }
}
