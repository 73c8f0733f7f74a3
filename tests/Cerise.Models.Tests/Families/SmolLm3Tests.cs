using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;

namespace Cerise.Models.Tests.Families;

public sealed class SmolLm3Tests
{
    // The values published with SmolLM3-3B.
    private const string Published = """
        {"architectures": ["SmolLM3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "eos_token_id": 128012, "hidden_act": "silu", "hidden_size": 2048,
         "initializer_range": 0.02, "intermediate_size": 11008, "max_position_embeddings": 65536, "max_window_layers": 28, "mlp_bias": false, "model_type": "smollm3",
         "no_rope_layer_interval": 4, "no_rope_layers": [1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 0],
         "num_attention_heads": 16, "num_hidden_layers": 36, "num_key_value_heads": 4, "pad_token_id": 128004, "pretraining_tp": 2, "rms_norm_eps": 1e-06,
         "rope_scaling": null, "rope_theta": 5000000.0, "sliding_window": null, "torch_dtype": "bfloat16", "use_cache": false, "use_sliding_window": false,
         "vocab_size": 128256}
        """;

    [Fact]
    public void A_published_config_has_the_published_number_of_weights()
    {
        ModelConfig config = Samples.Parse(Published);
        Assert.Equal(3_075_098_624, ModelTensors.ParameterCount(config));
        Assert.Equal(Published, config.ToJson());
        Assert.True(config.TieWordEmbeddings);
    }

    [Theory]
    [InlineData(null, null, new[] { 3, 7, 11 })]
    [InlineData(null, "3", new[] { 2, 5, 8, 11 })]
    [InlineData("[0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0]", "3", new[] { 0, 11 })]
    public void Layers_without_rotary_positions_are_listed_or_come_at_an_interval(string? layers, string? interval, int[] expected)
    {
        ModelConfig config = Samples.Parse(Samples.With(Published, ("num_hidden_layers", "12"), ("no_rope_layers", layers), ("no_rope_layer_interval", interval)));
        DecoderDesign design = ModelTensors.DesignOf(config);
        Assert.Equal(expected, design.Layers.Index().Where(layer => layer.Item.Attention.Rotary is null).Select(layer => layer.Index));
    }

    [Theory]
    [InlineData("false", "5", null, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("true", "null", null, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    [InlineData("true", "5", null, new[] { 0, 0, 0, 5, 0, 0, 0, 5 })]
    [InlineData("true", "5", new[] { 1, 0, 0, 0, 0, 0, 0, 1 }, new[] { 5, 0, 0, 0, 0, 0, 0, 5 })]
    [InlineData("false", "5", new[] { 0, 0, 0, 0, 0, 0, 0, 0 }, new[] { 0, 0, 0, 0, 0, 0, 0, 0 })]
    public void A_window_is_for_the_layers_without_rotary_positions_or_for_those_listed(string uses, string window, int[]? listed, int[] expected)
    {
        string? types = listed is null ? null : $"[{string.Join(", ", listed.Select(isWindowed => isWindowed == 1 ? "\"sliding_attention\"" : "\"full_attention\""))}]";
        string json = Samples.With(Published, ("num_hidden_layers", "8"), ("no_rope_layers", null), ("use_sliding_window", uses), ("sliding_window", window), ("layer_types", types));
        ModelConfig config = Samples.Parse(json);
        Assert.Equal(expected, ModelTensors.DesignOf(config).Layers.Select(layer => layer.Attention.Settings.Window));
        ModelConfig again = Samples.Parse((config with { RmsNormEps = 1e-4 }).ToJson());
        Assert.Equal(expected, ModelTensors.DesignOf(again).Layers.Select(layer => layer.Attention.Settings.Window));
    }

    [Theory]
    [InlineData("no_rope_layers", "[1, 0]", "'no_rope_layers' has 2 numbers for 36 layers; one for each is expected.")]
    [InlineData("no_rope_layers", "[1, 2]", "'no_rope_layers' is 2; a whole number from 0 to 1 is expected.")]
    [InlineData("no_rope_layers", "4", "'no_rope_layers' is the number 4; a list of whole numbers is expected.")]
    [InlineData("no_rope_layer_interval", "0", "'no_rope_layer_interval' is 0; a whole number from 1 is expected.")]
    public void What_is_wrong_is_named(string key, string value, string expected) =>
        Assert.StartsWith("config.json: " + expected, Samples.Refused(Samples.With(Published, (key, value))).Message, StringComparison.Ordinal);

    /// <summary>Llama, of which some layers do not rotate queries and keys (arXiv:2501.18795).</summary>
    internal sealed class Reference(CausalModel model) : PlainModel(model.Config, WeightsOf(model))
    {
        private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(model.Config, model.ContextLength);

        public override double[][] Logits(IReadOnlyList<int> ids)
        {
            double[][] stream = LookUp("model.embed_tokens.weight", ids);
            for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
            {
                string name = $"model.layers.{layer}.";
                stream = Plain.Add(stream, Attention(name + "self_attn.", RmsNorm(name + "input_layernorm", stream), layer));
                stream = Plain.Add(stream, SwiGlu(name + "mlp.", RmsNorm(name + "post_attention_layernorm", stream)));
            }
            return Head("model.embed_tokens", RmsNorm("model.norm", stream));
        }

        private double[][] Attention(string name, double[][] x, int layer)
        {
            bool rotates = Config.NoRopeLayers![layer] == 1;
            bool isWindowed = Config.WindowedLayers?[layer] ?? !rotates;
            double[][] queries = Linear(name + "q_proj", x);
            double[][] keys = Linear(name + "k_proj", x);
            if (rotates)
                (queries, keys) = (Plain.Rotate(queries, Config.HeadDim, _rotary), Plain.Rotate(keys, Config.HeadDim, _rotary));
            return Linear(name + "o_proj", Plain.Attention(queries, keys, Linear(name + "v_proj", x), Config.HeadDim, window: isWindowed ? Config.SlidingWindow : 0));
        }
    }
}
