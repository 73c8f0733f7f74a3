namespace Cerise.Training.Benchmarks;

/// <summary>What keeps work from being faster on this machine.</summary>
public enum BenchmarkLimit
{
    /// <summary>The multiply-adds that the threads can do.</summary>
    Flops,

    /// <summary>The bandwidth of memory.</summary>
    Bytes,

    /// <summary>The bandwidth of the last cache, which holds all that the work uses.</summary>
    CachedBytes,
}
