using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class LayerNormTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    // A row of two has but two normal forms, (-1, 1) and (1, -1): its gradient cancels, and with it the precision of both.
    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Every_width_matches_the_reference(SimdLevel level)
    {
        IEnumerable<int> widths = Enumerable.Range(3, 255);
        OpCheck.MatchesReference(level, widths.Select(n => OpCases.LayerNorm(Seed.From(n), 1 + (n % 19), n) with { Tolerance = 1e-5 }));
        OpCheck.MatchesReference(level, widths.Select(n => OpCases.AddLayerNorm(Seed.From(n), 1 + (n % 7), n) with { Tolerance = 1e-5 }));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_NaN_spoils_its_row_and_no_other(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "weight", new Shape(37), ParameterLayout.Plain, Draws.Normal(Seed.From(1), 37));
        using Parameter bias = OpCheck.NewParameter(device, "bias", new Shape(37), ParameterLayout.Plain, Draws.Normal(Seed.From(3), 37));
        float[] clean = Draws.Normal(Seed.From(2), 40 * 37);
        float[] spoiled = [.. clean];
        spoiled[(17 * 37) + 36] = float.NaN;
        float[] expected = graph.From(clean, new Shape(40, 37)).LayerNorm(weight, bias, 1e-5f).ToArray();
        float[] actual = graph.From(spoiled, new Shape(40, 37)).LayerNorm(weight, bias, 1e-5f).ToArray();
        Assert.All(actual[(17 * 37)..(18 * 37)], y => Assert.True(float.IsNaN(y)));
        Bits.AssertSame(expected.AsSpan(0, 17 * 37), actual.AsSpan(0, 17 * 37), "rows before");
        Bits.AssertSame(expected.AsSpan(18 * 37), actual.AsSpan(18 * 37), "rows after");
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_row_of_one_number_becomes_the_bias(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "weight", new Shape(32), ParameterLayout.Plain, Draws.Normal(Seed.From(1), 32));
        using Parameter bias = OpCheck.NewParameter(device, "bias", new Shape(32), ParameterLayout.Plain, Draws.Normal(Seed.From(3), 32));
        Assert.Equal(bias.ToArray(), graph.From([.. Enumerable.Repeat(5f, 32)], new Shape(1, 32)).LayerNorm(weight, bias, 1e-5f).ToArray());
    }
}
