namespace Cerise.Training.Benchmarks;

/// <summary>What to measure.</summary>
public sealed record BenchmarkOptions
{
    /// <summary>Kinds of measurement that exist.</summary>
    public static IReadOnlyList<string> KnownKinds { get; } = ["train_step", "decode", "score", "gemm"];

    /// <summary>Models that exist, from <see cref="Models.Configs.ModelPresets"/>.</summary>
    public static IReadOnlyList<string> KnownConfigs { get; } = ["nano3m", "tiny15m", "smol135m"];

    /// <summary>Kinds to measure; all by default.</summary>
    public IReadOnlyList<string> What { get; init; } = KnownKinds;

    /// <summary>Models to measure; all by default. Kind gemm has none.</summary>
    public IReadOnlyList<string> Configs { get; init; } = KnownConfigs;

    /// <summary>Threads that work. Default one a core.</summary>
    public int Threads { get; init; } = Environment.ProcessorCount;

    /// <summary>Measurements after the warm-up, of which the median counts. Default 5.</summary>
    public int Repeat { get; init; } = 5;
}
