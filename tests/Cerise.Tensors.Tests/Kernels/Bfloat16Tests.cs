using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class Bfloat16Tests
{
    // The upper 16 bits; below them: nothing, less than half, half with an even and an odd number above, more than half, a carry into the exponent.
    [Theory]
    [InlineData(0x3F80_0000u, 0x3F80_0000u)]
    [InlineData(0x3F80_7FFFu, 0x3F80_0000u)]
    [InlineData(0x3F80_8000u, 0x3F80_0000u)]
    [InlineData(0x3F81_8000u, 0x3F82_0000u)]
    [InlineData(0x3F80_8001u, 0x3F81_0000u)]
    [InlineData(0xBFFF_C000u, 0xC000_0000u)]
    [InlineData(0x0000_8001u, 0x0001_0000u)]
    [InlineData(0x8000_0000u, 0x8000_0000u)]
    [InlineData(0x7F7F_FFFFu, 0x7F80_0000u)]
    [InlineData(0xFF80_0000u, 0xFF80_0000u)]
    [InlineData(0x7F80_0001u, 0x7FC0_0000u)]
    [InlineData(0xFFFF_FFFFu, 0xFFFF_0000u)]
    public void Numbers_are_rounded_to_nearest_and_ties_to_even(uint bits, uint expected)
    {
        foreach (int length in (int[])[1, 31, 32, 40])
            Assert.All(RoundTrip([.. Enumerable.Repeat(bits, length)]), actual => Assert.Equal(expected, actual));
    }

    [Fact]
    public void Every_length_keeps_the_order_of_its_numbers()
    {
        foreach (int length in (int[])[.. Enumerable.Range(0, 70), 32_767, 32_768, 32_769, 70_001])
            Assert.Equal([.. Enumerable.Range(0, length).Select(i => (uint)(i % 32_000) << 16)], RoundTrip([.. Enumerable.Range(0, length).Select(i => (uint)(i % 32_000) << 16)]));
    }

    private static uint[] RoundTrip(uint[] bits)
    {
        using Device device = Device.Cpu(2);
        using Graph graph = new(device, record: false);
        using Storage packed = device.Allocate((bits.Length + 1) / 2);
        Tensor source = graph.From([.. bits.Select(BitConverter.UInt32BitsToSingle)]);
        Tensor target = graph.New(source.Shape);
        device.ToBfloat16(source, packed, 0);
        device.FromBfloat16(packed, 0, target);
        return [.. target.ToArray().Select(BitConverter.SingleToUInt32Bits)];
    }
}
