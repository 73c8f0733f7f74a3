using Cerise.Models;
using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>Sampling at temperature 1, prompts included in the time, new tokens counted.</summary>
internal static class DecodeBenchmark
{
    public static IEnumerable<BenchmarkResult> Run(string config, CausalModel model, BenchmarkSizes sizes, int threads, RepeatTimer timer)
    {
        foreach (int batch in sizes.DecodeBatches)
        {
            int[][] prompts = BenchmarkSizes.Sequences(model, batch, BenchmarkSizes.PromptTokens);
            List<GenerationRequest> requests = [.. prompts.Select((ids, i) => new GenerationRequest(ids, 1, Seed.From(i)))];
            var options = new SamplingOptions { MaxNewTokens = sizes.NewTokens, MaxBatchSize = batch };
            var generator = new Generator(model);
            int tokens = batch * sizes.NewTokens;
            double operations = tokens * BenchmarkSizes.ForwardOperations(model, BenchmarkSizes.PromptTokens + (sizes.NewTokens / 2.0));
            yield return timer.Measure(
                model.Device,
                threads,
                () => generator.Generate(requests, options),
                (seconds, peak, peakOne, memory) => new("decode", config, batch, tokens, threads, seconds, operations, peak, peakOne, memory));
        }
    }
}
