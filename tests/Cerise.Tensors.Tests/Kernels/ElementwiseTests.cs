using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class ElementwiseTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Functions_of_one_number_match_the_reference_at_every_length(SimdLevel level)
    {
        foreach (UnaryOp op in Enum.GetValues<UnaryOp>())
            OpCheck.MatchesReference(level, Enumerable.Range(1, 66).Append(20_001).Select(n => OpCases.Unary(Seed.From(n), op, n) with { Tolerance = 2e-6 }));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Functions_of_two_numbers_match_the_reference_at_every_length(SimdLevel level)
    {
        foreach (BinaryOp op in Enum.GetValues<BinaryOp>())
            OpCheck.MatchesReference(level, Enumerable.Range(1, 66).Append(20_001).Select(n => OpCases.Binary(Seed.From(n), op, n) with { Tolerance = 1e-6 }));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void At_a_tie_the_gradient_goes_to_the_first(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        Tensor a = graph.Leaf([1, 1, 2], new Shape(3));
        Tensor b = graph.Leaf([1, 2, 1], new Shape(3));
        graph.Backward((Tensor.Min(a, b) + (10f * Tensor.Max(a, b))).Dot([1, 1, 1]));
        Assert.Equal([11, 1, 10], a.Gradient!.ToArray());
        Assert.Equal([0, 10, 1], b.Gradient!.ToArray());
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Clamping_passes_the_gradient_inside_and_at_the_borders(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        Tensor x = graph.Leaf([-3, -1, 0, 2, 2.5f], new Shape(5));
        Tensor y = x.Clamp(-1, 2);
        Assert.Equal([-1, -1, 0, 2, 2], y.ToArray());
        graph.Backward(y.Dot([1, 1, 1, 1, 1]));
        Assert.Equal([0, 1, 1, 1, 0], x.Gradient!.ToArray());
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void NaN_on_either_side_survives(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        Tensor nan = graph.From([float.NaN, 1, float.NaN, float.PositiveInfinity, 1]);
        Tensor other = graph.From([1, float.NaN, float.NaN, 1, float.PositiveInfinity]);
        foreach (BinaryOp op in Enum.GetValues<BinaryOp>())
            Assert.Equal([true, true, true, false, false], ElementwiseNodes.Binary(op, nan, other).ToArray().Select(float.IsNaN));
        Assert.Equal([float.PositiveInfinity, float.PositiveInfinity], Tensor.Max(nan, other).ToArray()[3..]);
        Assert.Equal([1, 1], Tensor.Min(nan, other).ToArray()[3..]);
        foreach (Tensor y in (Tensor[])[nan.Exp(), nan.Square(), nan.Sigmoid(), nan.Clamp(-1, 1), 2f * nan])
            Assert.Equal([true, false, true, false, false], y.ToArray().Select(float.IsNaN));
    }
}
