using System.Text.Json.Nodes;
using Cerise.Models.Configs;

namespace Cerise.Models.Tests.Configs;

public sealed class RopeScalingTests
{
    public static TheoryData<string, RopeScaling?> Spellings => new()
    {
        { """{"rope_type": "default"}""", null },
        { """{"type": "linear", "factor": 2}""", new RopeScaling.Linear(2) },
        { """{"rope_type": "linear", "type": "mrope", "factor": 2.5}""", new RopeScaling.Linear(2.5) },
        { """{"type": "dynamic", "factor": 4.0}""", new RopeScaling.Dynamic(4) },
        { """{"type": "dynamic", "factor": 3.0, "original_max_position_embeddings": 512}""", new RopeScaling.Dynamic(3) },
        {
            """{"factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0, "original_max_position_embeddings": 8192, "rope_type": "llama3"}""",
            new RopeScaling.Llama3(8, 1, 4, 8192)
        },
        { """{"factor": 4.0, "original_max_position_embeddings": 32768, "type": "yarn"}""", new RopeScaling.Yarn(4, 32768) },
        {
            """
            {"rope_type": "yarn", "factor": 40, "beta_fast": 16, "beta_slow": 2, "mscale": 1.0, "mscale_all_dim": 0.5, "attention_factor": 1.25, "truncate": false}
            """,
            new RopeScaling.Yarn(40, 2048) { BetaFast = 16, BetaSlow = 2, Mscale = 1, MscaleAllDim = 0.5, AttentionFactor = 1.25, Truncate = false }
        },
    };

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Every_kind_is_read_from_both_spellings(string json, RopeScaling? expected)
    {
        Assert.Equal(expected, Samples.Parse(Samples.With(Samples.Llama, ("rope_scaling", json))).RopeScaling);
        JsonObject parameters = JsonNode.Parse(json)!.AsObject();
        parameters["rope_theta"] = 500_000.0;
        ModelConfig config = Samples.Parse(Samples.With(Samples.Llama, ("rope_parameters", parameters.ToJsonString())));
        Assert.Equal((expected, 500_000.0), (config.RopeScaling, config.RopeTheta));
    }

    [Theory]
    [MemberData(nameof(Spellings))]
    public void Every_kind_is_written_and_read_again(string json, RopeScaling? expected)
    {
        RopeScaling? other = expected is null ? new RopeScaling.Linear(3) : null;
        foreach (string before in new[]
        {
            Samples.Llama,
            Samples.With(Samples.Llama, ("rope_scaling", json)),
            Samples.With(Samples.Llama, ("rope_parameters", """{"rope_type": "linear", "factor": 9, "rope_theta": 7}""")),
        })
        {
            ModelConfig changed = Samples.Parse(before) with { RopeScaling = expected, RopeTheta = 1234 };
            ModelConfig read = Samples.Parse(changed.ToJson());
            Assert.Equal((expected, 1234.0), (read.RopeScaling, read.RopeTheta));
            Assert.Equal(other, Samples.Parse((read with { RopeScaling = other }).ToJson()).RopeScaling);
        }
    }

    [Theory]
    [InlineData("rope_scaling", """{"type": "su"}""", "'rope_scaling.type' is 'su'; known are default, linear, dynamic, llama3, yarn, longrope.")]
    [InlineData("rope_scaling", """{"rope_type": "linear"}""", "'rope_scaling.factor' is missing; a number above 0 is expected.")]
    [InlineData("rope_scaling", """{"rope_type": "linear", "factor": "2"}""", "'rope_scaling.factor' is the string '2'; a number is expected.")]
    [InlineData("rope_scaling", """{"rope_type": "linear", "factor": 0.5}""", "'rope_scaling.factor' is below 1; scaling only ever stretches the context.")]
    [InlineData("rope_scaling", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 4, "high_freq_factor": 1}""", "'rope_scaling.high_freq_factor' is not above")]
    [InlineData("rope_scaling", """{"rope_type": "yarn", "factor": 8, "beta_fast": 1, "beta_slow": 32}""", "'rope_scaling.beta_fast' is below 'beta_slow'")]
    [InlineData("rope_scaling", "2", "'rope_scaling' is the number 2; an object is expected.")]
    [InlineData("rope_theta", "0", "'rope_theta' is not above 0.")]
    [InlineData("partial_rotary_factor", "0.5", "'partial_rotary_factor' is not 1")]
    [InlineData("rope_parameters", """{"full_attention": {"rope_type": "default"}}""", "'rope_parameters.full_attention' is an object")]
    public void What_is_wrong_is_named_with_its_parents(string key, string value, string expected)
        => Assert.StartsWith("config.json: " + expected, Samples.Refused(Samples.With(Samples.Llama, (key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Both_spellings_may_be_there_when_they_agree()
    {
        const string linear = """{"rope_type": "linear", "factor": 2.0}""";
        Assert.Equal(new RopeScaling.Linear(2), Samples.Parse(Samples.With(Samples.Llama, ("rope_scaling", linear), ("rope_parameters", linear))).RopeScaling);
        string both = Samples.With(Samples.Llama, ("rope_scaling", linear), ("rope_parameters", """{"rope_type": "default"}"""));
        Assert.Contains("contradicts 'rope_parameters'", Samples.Refused(both).Message, StringComparison.Ordinal);
    }

    // As transformers 5 standardizes them, and Phi3Config's own default.
    [Theory]
    [InlineData("llama", """{"rope_type": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4}""", null, 2048)]
    [InlineData("llama", """{"rope_type": "yarn", "factor": 8}""", "512", 512)]
    [InlineData("llama", """{"rope_type": "yarn", "factor": 8, "original_max_position_embeddings": 1024}""", "512", 512)]
    [InlineData("llama", """{"rope_type": "longrope", "factor": 8, "short_factor": [1], "long_factor": [2]}""", null, 2048)]
    [InlineData("phi3", """{"rope_type": "longrope", "short_factor": [1], "long_factor": [2]}""", null, 4096)]
    [InlineData("phi3", """{"rope_type": "longrope", "short_factor": [1], "long_factor": [2], "original_max_position_embeddings": 1024}""", null, 4096)]
    [InlineData("phi3", """{"rope_type": "longrope", "short_factor": [1], "long_factor": [2]}""", "512", 512)]
    public void The_original_context_beside_the_settings_counts_before_the_one_among_them(string family, string scaling, string? beside, int expected)
    {
        ModelConfig config = Samples.Parse(Samples.With(
            Samples.Llama, ("model_type", $"\"{family}\""), ("num_attention_heads", "256"), ("num_key_value_heads", "256"), ("rope_scaling", scaling), ("original_max_position_embeddings", beside)));
        Assert.Equal(expected, config.RopeScaling switch
        {
            RopeScaling.Llama3 llama3 => llama3.OriginalMaxPositionEmbeddings,
            RopeScaling.Yarn yarn => yarn.OriginalMaxPositionEmbeddings,
            RopeScaling.LongRope longRope => longRope.OriginalMaxPositionEmbeddings,
            _ => 0,
        });
    }

    [Fact]
    public void The_base_may_stand_among_the_settings_of_either_name()
    {
        Assert.Equal(321, Samples.Parse(Samples.With(Samples.Llama, ("rope_scaling", """{"rope_type": "linear", "factor": 2, "rope_theta": 321}"""), ("rope_theta", "7"))).RopeTheta);
        Assert.Equal(7, Samples.Parse(Samples.With(Samples.Llama, ("rope_scaling", """{"rope_type": "linear", "factor": 2}"""), ("rope_theta", "7"))).RopeTheta);
    }
}
