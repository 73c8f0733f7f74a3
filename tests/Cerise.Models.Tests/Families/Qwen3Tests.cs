using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;

namespace Cerise.Models.Tests.Families;

public sealed class Qwen3Tests
{
    // The values published with Qwen3-0.6B.
    private const string Published = """
        {"architectures": ["Qwen3ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "bos_token_id": 151643, "eos_token_id": 151645, "head_dim": 128,
         "hidden_act": "silu", "hidden_size": 1024, "initializer_range": 0.02, "intermediate_size": 3072, "max_position_embeddings": 40960, "max_window_layers": 28,
         "model_type": "qwen3", "num_attention_heads": 16, "num_hidden_layers": 28, "num_key_value_heads": 8, "rms_norm_eps": 1e-06, "rope_scaling": null,
         "rope_theta": 1000000, "sliding_window": null, "tie_word_embeddings": true, "torch_dtype": "bfloat16", "use_cache": true, "use_sliding_window": false,
         "vocab_size": 151936}
        """;

    [Fact]
    public void A_published_config_has_the_published_number_of_weights()
    {
        ModelConfig config = Samples.Parse(Published);
        Assert.Equal(596_049_920, ModelTensors.ParameterCount(config));
        Assert.Equal(Published, config.ToJson());
        string[] norms = ["model.layers.5.self_attn.q_norm.weight", "model.layers.5.self_attn.k_norm.weight"];
        Assert.All(norms, name => Assert.Equal([128], ModelTensors.Of(config).Single(tensor => tensor.Name == name).Shape));
    }

    [Fact]
    public void Heads_have_128_channels_unless_said_otherwise() =>
        Assert.Equal(128, Samples.Parse(Samples.With(Published, ("head_dim", null))).HeadDim);

    [Fact]
    public void Layers_from_the_given_one_on_attend_within_a_window_where_that_is_switched_on()
    {
        string file = Samples.With(Published, ("use_sliding_window", "true"), ("sliding_window", "512"), ("max_window_layers", "27"));
        ModelConfig config = Samples.Parse(file);
        Assert.Equal([.. Enumerable.Repeat(0, 27), 512], ModelTensors.DesignOf(config).Layers.Select(layer => layer.Attention.Settings.Window));
        Assert.Equal(file, config.ToJson());
        string types = $"[{string.Join(", ", Enumerable.Range(0, 28).Select(i => i == 3 ? "\"sliding_attention\"" : "\"full_attention\""))}]";
        ModelConfig listed = Samples.Parse(Samples.With(file, ("layer_types", types)));
        Assert.Equal([3], Enumerable.Range(0, 28).Where(i => ModelTensors.DesignOf(listed).Layers[i].Attention.Settings.Window == 512));
        Assert.All(ModelTensors.DesignOf(Samples.Parse(Samples.With(file, ("use_sliding_window", "false")))).Layers, layer => Assert.Equal(0, layer.Attention.Settings.Window));
    }

    [Theory]
    [InlineData("""["sliding_attention"]""", "'layer_types' has 1 entries for 28 layers; one each is expected")]
    [InlineData("""["linear_attention"]""", "'layer_types' has 'linear_attention'; known are full_attention, sliding_attention")]
    public void Wrong_lists_of_layers_are_refused(string value, string expected) =>
        Assert.Contains(expected, Samples.Refused(Samples.With(Published, ("layer_types", value))).Message, StringComparison.Ordinal);

    /// <summary>arXiv:2505.09388: Llama with queries and keys normalized head by head before they are rotated, and a window from some layer on.</summary>
    internal sealed class Reference(CausalModel model) : PlainModel(model.Config, WeightsOf(model))
    {
        private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(model.Config, model.ContextLength);

        public override double[][] Logits(IReadOnlyList<int> ids)
        {
            double[][] stream = LookUp("model.embed_tokens.weight", ids);
            for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
            {
                string name = $"model.layers.{layer}.";
                stream = Plain.Add(stream, Attention(name + "self_attn.", layer >= Config.MaxWindowLayers ? Config.SlidingWindow : 0, RmsNorm(name + "input_layernorm", stream)));
                stream = Plain.Add(stream, SwiGlu(name + "mlp.", RmsNorm(name + "post_attention_layernorm", stream)));
            }
            return Head("model.embed_tokens", RmsNorm("model.norm", stream));
        }

        private double[][] Attention(string name, int window, double[][] x)
        {
            double[][] queries = Plain.Rotate(RmsNorm(name + "q_norm", Linear(name + "q_proj", x)), Config.HeadDim, _rotary);
            double[][] keys = Plain.Rotate(RmsNorm(name + "k_norm", Linear(name + "k_proj", x)), Config.HeadDim, _rotary);
            return Linear(name + "o_proj", Plain.Attention(queries, keys, Linear(name + "v_proj", x), Config.HeadDim, window));
        }
    }
}
