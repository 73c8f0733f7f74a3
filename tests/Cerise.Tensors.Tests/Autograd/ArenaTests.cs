using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Tests.Autograd;

public sealed class ArenaTests
{
    private const long Megabyte = 1 << 18;                                // in float32 numbers

    [Theory]
    [InlineData(2)]
    [InlineData(20)]
    [InlineData(40)]
    public void Steps_of_many_sizes_hold_the_memory_of_the_largest(int first)
    {
        using MemoryMeter meter = new();
        using Arena arena = new(meter);
        long largest = 0;
        for (int step = 0; step < 40; step++)
        {
            long length = (first + (step * 7 % 30)) * Megabyte + (step * 1000);
            for (int tensor = 0; tensor < 10; tensor++)
                arena.Rent(length);
            largest = Math.Max(largest, 10 * length * sizeof(float));
            arena.Reset();
            Assert.InRange(meter.Bytes, 10 * length * sizeof(float), (1.6 * largest) + (64 << 20));
        }
        Assert.InRange(arena.PeakBytes, largest, 1.35 * largest);
        Assert.InRange(meter.PeakBytes, largest, (1.6 * largest) + (64 << 20));
    }

    [Fact]
    public void A_step_like_the_one_before_asks_for_nothing()
    {
        using MemoryMeter meter = new();
        using Arena arena = new(meter);
        for (int step = 0; step < 3; step++)
        {
            long before = meter.PeakBytes;
            for (int tensor = 0; tensor < 200; tensor++)
            {
                (Storage block, long offset) = arena.Rent(1000 * (1 + (tensor * tensor % 4000)));
                if (tensor % 3 == 0)
                    arena.Return(1000 * (1 + (tensor * tensor % 4000)), block, offset);
            }
            arena.Reset();
            Assert.True(step == 0 || meter.PeakBytes == before);
        }
    }

    [Fact]
    public void What_is_returned_is_given_out_again()
    {
        using MemoryMeter meter = new();
        using Arena arena = new(meter);
        foreach (long length in (long[])[100, 3 * Megabyte, 60 * Megabyte])
        {
            (Storage block, long offset) = arena.Rent(length);
            (Storage other, long otherOffset) = arena.Rent(length);
            Assert.NotEqual((block, offset), (other, otherOffset));
            arena.Return(length, block, offset);
            Assert.Equal((block, offset), arena.Rent(length));
        }
    }
}
