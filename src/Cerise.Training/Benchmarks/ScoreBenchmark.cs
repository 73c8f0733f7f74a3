using Cerise.Models;
using Cerise.Tensors.Autograd;

namespace Cerise.Training.Benchmarks;

/// <summary>Log-probabilities of given tokens: the forward pass alone.</summary>
internal static class ScoreBenchmark
{
    public static BenchmarkResult Run(BenchmarkWork work, CausalModel model, int length, RepeatTimer timer)
    {
        var batch = TokenBatch.PackAll(BenchmarkSizes.Sequences(model, work.Batch, length));
        using var graph = new Graph(model.Device, record: false);
        return timer.Measure(new ModelCosts(model.Config, model.DType).Score(work, work.Batch, length), model.Device, () =>
        {
            model.LogProbs(graph, batch);
            graph.Reset();
        });
    }
}
