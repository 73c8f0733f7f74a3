using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>What to measure.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Kinds measured unless others are asked for.</summary>
    public static IReadOnlyList<string> UsualKinds { get; } = ["train_step", "decode", "score", "gemm"];

    /// <summary>
    /// Kinds of measurement that exist. Beyond the usual: <c>context</c>, training on longer and longer sequences; <c>growth</c>, curves over
    /// tokens, batch, threads and parameters; <c>fixed_order</c>, what a fixed order of summation costs.
    /// </summary>
    public static IReadOnlyList<string> KnownKinds { get; } = [.. UsualKinds, "context", "growth", "fixed_order"];

    /// <summary>Kinds that are measured with weights of a type: with 16 bits those that compute forward alone, with weights that can be chosen.</summary>
    public static IReadOnlyList<string> KindsOf(DType dtype) => dtype == DType.Float32 ? KnownKinds : ["decode", "score", "gemm"];

    /// <summary>Models that exist, from <see cref="Models.Configs.ModelPresets"/>.</summary>
    public static IReadOnlyList<string> KnownConfigs { get; } = ["nano3m", "tiny15m", "smol135m"];

    /// <summary>Kinds to measure; <see cref="UsualKinds"/> by default.</summary>
    public IReadOnlyList<string> What { get; init; } = UsualKinds;

    /// <summary>Models to measure in training, decoding and scoring; all by default. The other kinds have models of their own.</summary>
    public IReadOnlyList<string> Configs { get; init; } = KnownConfigs;

    /// <summary>How weights are stored. 16 bits are measured in the kinds that do not train: <see cref="KindsOf"/>. Default float32.</summary>
    public DType DType { get; init; } = DType.Float32;

    /// <summary>Threads that work. Default one a core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Measurements after the warm-up, of which the median counts. Default 5.</summary>
    public int Repeat { get; init; } = 5;
}
