using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>Sampling at temperature 1, prompts included in the time, new tokens counted.</summary>
internal static class DecodeBenchmark
{
    public static BenchmarkResult Run(BenchmarkWork work, CausalModel model, int newTokens, RepeatTimer timer)
    {
        int[][] prompts = BenchmarkSizes.Sequences(model, work.Batch, BenchmarkSizes.PromptTokens);
        List<GenerationRequest> requests = [.. prompts.Select((ids, i) => new GenerationRequest(ids, 1, Seed.From(i)))];
        var options = new SamplingOptions { MaxNewTokens = newTokens, MaxBatchSize = work.Batch };
        using var generator = new Generator(model);
        work = new ModelCosts(model.Config, model.DType).Decode(work, work.Batch, BenchmarkSizes.PromptTokens, newTokens);
        return timer.Measure(work, model.Device, () => generator.Generate(requests, options));
    }
}
