using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class RmsNormTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_width_matches_the_reference(SimdLevel level)
    {
        IEnumerable<int> widths = Enumerable.Range(1, 257);
        OpCheck.MatchesReference(level, widths.Select(n => OpCases.RmsNorm(Seed.From(n), 1 + (n % 19), n, n % 2) with { Tolerance = 2e-6 }));
        OpCheck.MatchesReference(level, widths.Select(n => OpCases.AddRmsNorm(Seed.From(n), 1 + (n % 7), n, n % 2) with { Tolerance = 2e-6 }));
        OpCheck.MatchesReference(level, widths.Where(n => n < 70 || n % 16 == 0).Select(n => OpCases.HeadRmsNorm(Seed.From(n), 1 + (n % 5), 1 + (n % 4), n, n % 2) with { Tolerance = 2e-6 }));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_head_has_the_bits_of_a_row_by_itself(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "weight", new Shape(20), ParameterLayout.Plain, Draws.Normal(Seed.From(1), 20));
        float[] x = Draws.Normal(Seed.From(2), 30 * 60);
        float[] expected = graph.From(x, new Shape(90, 20)).RmsNorm(weight, 1e-6f, 1).ToArray();
        Bits.AssertSame(expected, graph.From(x, new Shape(30, 60)).HeadRmsNorm(weight, 1e-6f, 1).ToArray(), "heads");
        Bits.AssertSame(expected.AsSpan(60, 60), graph.From(x.AsSpan(60, 60), new Shape(1, 60)).HeadRmsNorm(weight, 1e-6f, 1).ToArray(), "the second token alone");
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_NaN_spoils_its_row_and_no_other(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "weight", new Shape(37), ParameterLayout.Plain, Draws.Normal(Seed.From(1), 37));
        float[] clean = Draws.Normal(Seed.From(2), 40 * 37);
        float[] spoiled = [.. clean];
        spoiled[(17 * 37) + 36] = float.NaN;
        float[] expected = graph.From(clean, new Shape(40, 37)).RmsNorm(weight, 1e-5f).ToArray();
        float[] actual = graph.From(spoiled, new Shape(40, 37)).RmsNorm(weight, 1e-5f).ToArray();
        Assert.All(actual[(17 * 37)..(18 * 37)], y => Assert.True(float.IsNaN(y)));
        Bits.AssertSame(expected.AsSpan(0, 17 * 37), actual.AsSpan(0, 17 * 37), "rows before");
        Bits.AssertSame(expected.AsSpan(18 * 37), actual.AsSpan(18 * 37), "rows after");
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_row_of_zeros_stays_zero(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "weight", new Shape(20), ParameterLayout.Plain, Draws.Normal(Seed.From(1), 20));
        Assert.All(graph.From(new float[20], new Shape(1, 20)).RmsNorm(weight, 1e-6f).ToArray(), y => Assert.Equal(0, y));
    }
}
