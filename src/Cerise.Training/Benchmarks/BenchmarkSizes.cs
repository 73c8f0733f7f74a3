using Cerise.Models;
using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>How much a benchmark of a model computes at once.</summary>
/// <param name="TrainBatch">Sequences of a training or scoring step.</param>
/// <param name="TrainTokens">Tokens of each.</param>
/// <param name="DecodeBatches">Sequences decoded at once, one measurement each.</param>
/// <param name="NewTokens">Tokens decoded of each.</param>
internal sealed record BenchmarkSizes(int TrainBatch, int TrainTokens, IReadOnlyList<int> DecodeBatches, int NewTokens)
{
    /// <summary>Tokens of a prompt.</summary>
    public const int PromptTokens = 32;

    public static BenchmarkSizes Of(string config) => config == "smol135m" ? new(2, 256, [8], 64) : new(16, 256, [1, 16, 64], 128);

    /// <summary>Tokens drawn anew, the same at each call.</summary>
    public static int[][] Sequences(CausalModel model, int count, int length)
    {
        Seed seed = Seed.From(2);
        return
        [
            .. Enumerable.Range(0, count).Select(sequence =>
                Enumerable.Range(0, length).Select(i => seed.Fork(sequence).Below(i, model.Config.VocabSize)).ToArray()),
        ];
    }
}
