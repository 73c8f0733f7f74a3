using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>What one repeat of a measurement does, counted before it runs.</summary>
/// <param name="What">Kind, one of <see cref="BenchmarkOptions.KnownKinds"/>.</param>
/// <param name="Config">The model, or for work without one the sizes.</param>
/// <param name="Batch">Sequences at once; rows where there are none.</param>
/// <param name="Threads">Threads that work.</param>
public sealed record BenchmarkWork(string What, string Config, int Batch, int Threads)
{
    /// <summary>Which of several ways of doing the work, or which curve it is a point of; null for the one there is.</summary>
    public string? Variant { get; init; }

    /// <summary>How the weights are stored: float32, bfloat16 or float16.</summary>
    public string Dtype { get; init; } = DType.Float32.Name();

    /// <summary>Tokens that one repeat handles; 0 where there are none.</summary>
    public int Tokens { get; init; }

    /// <summary>Tokens of a sequence; 0 where there are none.</summary>
    public int Context { get; init; }

    /// <summary>Weights of the model; 0 where there is none.</summary>
    public long Parameters { get; init; }

    /// <summary>Floating-point operations, a multiply-add counted as two.</summary>
    public double Operations { get; init; }

    /// <summary>Bytes that have to be read or written at least, were nothing kept in a cache from one pass over the weights to the next.</summary>
    public double Bytes { get; init; }

    /// <summary>How many different bytes these are: where a cache holds them all, memory is not what limits.</summary>
    public double WorkingSet { get; init; }

    /// <summary>How often a repeat does the work, where once is too short to time; operations, bytes and tokens are those of one time. Default 1.</summary>
    public int Times { get; init; } = 1;
}
