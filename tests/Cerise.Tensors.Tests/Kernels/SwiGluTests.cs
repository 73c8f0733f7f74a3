using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class SwiGluTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_length_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(level, Enumerable.Range(1, 257).Append(20_003).Select(n => OpCases.SwiGlu(Seed.From(n), n) with { Tolerance = 2e-6 }));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Large_gates_neither_overflow_nor_lose_the_gradient(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        Tensor gate = graph.Leaf([-200, -80, 80, 200], new Shape(4));
        Tensor up = graph.Leaf([1, 1, 1, 1], new Shape(4));
        Tensor y = gate.SwiGlu(up);
        float[] values = y.ToArray();
        graph.Backward(y.Dot([1, 1, 1, 1]));
        Assert.Equal(0, values[0], 1e-30);
        Assert.Equal(0, values[1], 1e-30);
        Assert.Equal([80, 200], values[2..]);
        float[] slopes = gate.Gradient!.ToArray();
        Assert.Equal(0, slopes[0], 1e-30);
        Assert.Equal(0, slopes[1], 1e-30);
        Assert.Equal([1, 1], slopes[2..]);
    }
}
