namespace Cerise.Tensors.Tests.Kernels;

public sealed class MemoryTests
{
    public static TheoryData<int, int> Places => new()
    {
        { 0, 0 }, { 3, 1 }, { 1, 65_535 }, { 0, 65_536 }, { 5, 65_537 }, { 7, 200_001 },
    };

    [Theory]
    [MemberData(nameof(Places))]
    public void Filling_and_copying_reach_every_number_and_no_other(int offset, int length)
    {
        using Device device = Device.Cpu(3);
        int held = offset + length + 9;
        using Storage source = device.Allocate(held);
        using Storage target = device.Allocate(held);
        float[] numbers = [.. Enumerable.Range(1, held).Select(i => (float)i)];
        device.CopyFromHost(numbers, source);
        device.Fill(target, 0, held, -1);
        device.Copy(source, offset, target, offset, length);
        Assert.Equal([.. Enumerable.Repeat(-1f, offset), .. numbers[offset..(offset + length)], .. Enumerable.Repeat(-1f, 9)], Read(device, target));
        device.Fill(target, offset, length, 7);
        Assert.Equal([.. Enumerable.Repeat(-1f, offset), .. Enumerable.Repeat(7f, length), .. Enumerable.Repeat(-1f, 9)], Read(device, target));
    }

    [Fact]
    public void Copying_beyond_the_end_is_refused()
    {
        using Device device = Device.Cpu(1);
        using Storage source = device.Allocate(4);
        using Storage target = device.Allocate(8);
        ShapeException error = Assert.Throws<ShapeException>(() => device.Copy(source, 1, target, 0, 4));
        Assert.Equal("Copy: 4 numbers from 1 of 4 to 0 of 8 do not fit.", error.Message);
    }

    private static float[] Read(Device device, Storage storage)
    {
        using Parameter vector = new(device, "x", new Shape(checked((int)storage.Length)), ParameterLayout.Plain);
        return vector.ToArray(storage);
    }
}
