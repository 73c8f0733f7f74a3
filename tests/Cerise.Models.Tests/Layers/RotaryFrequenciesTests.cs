using Cerise.Models.Configs;
using Cerise.Models.Layers;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Layers;

public sealed class RotaryFrequenciesTests
{
    public static TheoryData<RopeScaling> Scalings =>
    [
        new RopeScaling.Linear(1),
        new RopeScaling.Linear(4),
        new RopeScaling.Dynamic(2),
        new RopeScaling.Dynamic(4),
        new RopeScaling.Llama3(8, 1, 4, 8192),
        new RopeScaling.Llama3(32, 1, 4, 8192),
        new RopeScaling.Yarn(1, 2048),
        new RopeScaling.Yarn(4, 32768),
        new RopeScaling.Yarn(40, 4096) { Mscale = 1, MscaleAllDim = 0.707 },
        new RopeScaling.Yarn(40, 4096) { Mscale = 0.707 },
        new RopeScaling.Yarn(16, 4096) { AttentionFactor = 1.3, BetaFast = 48, BetaSlow = 3 },
        new RopeScaling.Yarn(16, 4096) { Truncate = false },
        new RopeScaling.Yarn(8, 16),
    ];

    [Theory]
    [MemberData(nameof(Scalings))]
    public void Every_scaling_gives_the_published_frequencies(RopeScaling scaling)
    {
        foreach (int headDim in new[] { 4, 64, 80, 128 })
        {
            foreach (double theta in new[] { 10_000.0, 500_000, 1_000_000 })
            {
                foreach (int context in new[] { 256, 2048, 10_000 })
                {
                    ModelConfig config = TinyModels.Config(Seed.From(1)) with { HeadDim = headDim, RopeTheta = theta, RopeScaling = scaling };
                    (double[] frequencies, double scale) = Of(config, context);
                    (double[] expected, double expectedScale) = RotaryReference.Of(config, context);
                    Assert.Equal(expected.Length, frequencies.Length);
                    for (int i = 0; i < expected.Length; i++)
                        Assert.Equal(1, frequencies[i] / expected[i], 1e-12);
                    Assert.Equal(1, scale / expectedScale, 1e-12);
                }
            }
        }
    }

    [Fact]
    public void Without_scaling_pair_i_turns_by_theta_to_the_power_of_minus_2i_over_d()
    {
        ModelConfig config = TinyModels.Config(Seed.From(4)) with { HeadDim = 8, RopeTheta = 10_000, RopeScaling = null };
        (double[] frequencies, double scale) = Of(config, 100);
        Assert.Equal([1, 0.1, 0.01, 0.001], frequencies.Select(f => Math.Round(f, 15)));
        Assert.Equal(1, scale);
    }

    [Fact]
    public void Llama3_keeps_short_waves_divides_long_ones_and_blends_those_between()
    {
        // Llama 3.1 8B: theta 500,000, heads of 128; waves below 2048 tokens are kept, those above 8192 are divided by 8.
        ModelConfig config = TinyModels.Config(Seed.From(2)) with { HeadDim = 128, RopeTheta = 500_000, RopeScaling = null };
        double[] plain = Of(config, 8192).Frequencies;
        double[] scaled = Of(config with { RopeScaling = new RopeScaling.Llama3(8, 1, 4, 8192) }, 8192).Frequencies;
        for (int i = 0; i < plain.Length; i++)
        {
            double wave = 2 * Math.PI / plain[i];
            (double least, double most) = wave < 2048 ? (1.0, 1.0) : wave > 8192 ? (8.0, 8.0) : (1.0, 8.0);
            Assert.InRange(plain[i] / scaled[i], least - 1e-12, most + 1e-12);
        }
        Assert.Equal(29, scaled.Zip(plain).TakeWhile(pair => pair.First == pair.Second).Count());
    }

    [Fact]
    public void Dynamic_scaling_changes_nothing_within_the_original_context()
    {
        ModelConfig config = TinyModels.Config(Seed.From(3)) with { HeadDim = 64, MaxPositionEmbeddings = 2048, RopeScaling = null };
        ModelConfig dynamic = config with { RopeScaling = new RopeScaling.Dynamic(4) };
        Assert.Equal(Of(config, 2048).Frequencies, Of(dynamic, 2048).Frequencies);
        Assert.Equal(Of(config, 2048).Frequencies, Of(dynamic, 100).Frequencies);
        Assert.NotEqual(Of(config, 2049).Frequencies, Of(dynamic, 2049).Frequencies);
    }

    private static (double[] Frequencies, double Scale) Of(ModelConfig config, int context) => RotaryFrequencies.Of(LlamaDesign.Rotary(config), context);
}
