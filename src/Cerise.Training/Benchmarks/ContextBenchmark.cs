using Cerise.Models;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>Training on longer and longer sequences, the tokens of a step staying the same: time should grow as the operations do.</summary>
internal static class ContextBenchmark
{
    private const string Shape = "tiny15m";
    private const int Shortest = 256, Longest = 8192;

    public static IEnumerable<BenchmarkResult> Run(Device device, int threads, RepeatTimer timer)
    {
        ModelConfig config = ModelPresets.All[Shape] with { MaxPositionEmbeddings = Longest };
        using var model = CausalModel.Create(config, device, Seed.From(1));
        for (int length = Shortest; length <= Longest; length *= 2)
            yield return TrainStepBenchmark.Run(new BenchmarkWork("context", Shape, Longest / length, threads), model, length, timer);
    }
}
