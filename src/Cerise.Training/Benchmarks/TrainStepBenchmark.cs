using Cerise.Models;
using Cerise.Tensors.Autograd;
using Cerise.Training.Optimizers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Benchmarks;

/// <summary>One step of training: forward, backward, clipping by the global norm, AdamW.</summary>
internal static class TrainStepBenchmark
{
    public static BenchmarkResult Run(BenchmarkWork work, CausalModel model, int length, RepeatTimer timer)
    {
        var batch = TokenBatch.PackAll(BenchmarkSizes.Sequences(model, work.Batch, length));
        float[] weights = new float[batch.Targets.Count];
        weights.AsSpan().Fill(1f / weights.Length);
        using var optimizer = new AdamWOptimizer(model, new PretrainOptions { LearningRate = 1e-4, MaxGradNorm = 1 }, totalSteps: 1_000_000);
        using var graph = new Graph(model.Device, record: true);
        return timer.Measure(new ModelCosts(model.Config, model.DType).TrainStep(work, work.Batch, length), model.Device, () =>
        {
            optimizer.ZeroGradients();
            graph.Backward(model.LikelihoodLoss(graph, batch, weights).Loss);
            graph.Reset();
            optimizer.Update();
        });
    }
}
