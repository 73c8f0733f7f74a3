using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class CopyColumnsTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_split_matches_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level, Enumerable.Range(2, 60).Select(n => OpCases.Split(Seed.From(n), 1 + (n * 7 % 80), n, 1 + (n / 3), n % 2 * (n / 3)) with { Tolerance = 1e-6 }));

    [Fact]
    public void A_part_that_nothing_reads_sends_zeros_back()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        Tensor x = graph.Leaf([1, 2, 3, 4, 5, 6], new Shape(2, 3));
        (_, Tensor middle, _) = x.Split(1, 1);
        graph.Backward(middle.Dot([10, 20]));
        Assert.Equal([0, 10, 0, 0, 20, 0], x.Gradient!.ToArray());
    }
}
