using Cerise.Training.Benchmarks;

namespace Cerise.Training.Tests.Benchmarks;

public sealed class PeakMemoryTests
{
    [Fact]
    public void Memory_that_was_touched_counts_after_it_is_gone()
    {
        PeakMemory.Reset();
        byte[] touched = GC.AllocateUninitializedArray<byte>(64 << 20);
        touched.AsSpan().Fill(1);
        Assert.True(PeakMemory.Bytes >= touched.Length);
    }
}
