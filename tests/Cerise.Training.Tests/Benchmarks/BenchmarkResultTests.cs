using Cerise.Training.Benchmarks;

namespace Cerise.Training.Tests.Benchmarks;

public sealed class BenchmarkResultTests
{
    // 100 billion operations a second, 10 billion bytes a second from memory, 50 from the cache.
    private static readonly MachinePeaks Peaks = new(100, 50, 10, 5, 50);

    [Theory]
    [InlineData(100e9, 1e9, false, BenchmarkLimit.Flops, 0.5)]             // 1 s of operations, 0.1 s of bytes, taken 2
    [InlineData(10e9, 10e9, false, BenchmarkLimit.Bytes, 0.5)]             // 0.1 s of operations, 1 s of bytes
    [InlineData(10e9, 25e9, true, BenchmarkLimit.CachedBytes, 0.25)]       // 0.5 s of bytes from the cache
    public void The_limit_that_binds_is_the_one_that_takes_longer(double operations, double bytes, bool cached, BenchmarkLimit limit, double share)
    {
        var work = new BenchmarkWork("any", "", 1, 1) { Operations = operations, Bytes = bytes, WorkingSet = 1 };
        BenchmarkResult result = new(work, 2, 2, Peaks) { IsCached = cached };
        Assert.Equal(limit, result.Limit);
        Assert.Equal(share, result.ShareOfLimit, 1e-12);
        Assert.Equal(operations / 200e9, result.ShareOfPeak, 1e-12);
    }
}
