using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;

namespace Cerise.Models.Tests.Families;

public sealed class MistralTests
{
    // The values published with Mistral-7B-v0.1.
    private const string Published = """
        {"architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu", "hidden_size": 4096, "initializer_range": 0.02,
         "intermediate_size": 14336, "max_position_embeddings": 32768, "model_type": "mistral", "num_attention_heads": 32, "num_hidden_layers": 32,
         "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "sliding_window": 4096, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
         "use_cache": true, "vocab_size": 32000}
        """;

    [Fact]
    public void A_published_config_has_the_published_number_of_weights_and_its_window()
    {
        ModelConfig config = Samples.Parse(Published);
        Assert.Equal(7_241_732_096, ModelTensors.ParameterCount(config));
        Assert.Equal(Published, config.ToJson());
        Assert.All(ModelTensors.DesignOf(config).Layers, layer => Assert.Equal(4096, layer.Attention.Settings.Window));
    }

    [Fact]
    public void A_null_window_is_none_and_a_missing_one_is_the_default()
    {
        ModelConfig none = Samples.Parse(Published.Replace("\"sliding_window\": 4096", "\"sliding_window\": null", StringComparison.Ordinal));
        Assert.Equal(0, none.SlidingWindow);
        Assert.Equal(0, Samples.Parse((none with { RmsNormEps = 1e-4 }).ToJson()).SlidingWindow);
        Assert.Equal(4096, Samples.Parse(Samples.With(Published, ("sliding_window", null))).SlidingWindow);
        Assert.Equal(8, Samples.Parse(Samples.With(Published, ("num_key_value_heads", null))).NumKeyValueHeads);
    }

    // As Mistral-Nemo's, whose heads are wider than its stream would make them.
    [Fact]
    public void Heads_may_have_a_width_of_their_own()
    {
        ModelConfig config = Samples.Parse(Samples.With(Published, ("head_dim", "160")));
        Assert.Equal([5120, 4096], ModelTensors.Of(config).First(tensor => tensor.Name.EndsWith("q_proj.weight", StringComparison.Ordinal)).Shape);
        Assert.Equal(128, Samples.Parse(Samples.With(Published, ("head_dim", null))).HeadDim);
    }

    /// <summary>arXiv:2310.06825: Llama, whose queries see the last keys only.</summary>
    internal sealed class Reference(CausalModel model) : PlainModel(model.Config, WeightsOf(model))
    {
        private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(model.Config, model.ContextLength);

        public override double[][] Logits(IReadOnlyList<int> ids)
        {
            double[][] stream = LookUp("model.embed_tokens.weight", ids);
            for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
            {
                string name = $"model.layers.{layer}.";
                stream = Plain.Add(stream, Attention(name + "self_attn.", RmsNorm(name + "input_layernorm", stream)));
                stream = Plain.Add(stream, SwiGlu(name + "mlp.", RmsNorm(name + "post_attention_layernorm", stream)));
            }
            return Head("model.embed_tokens", RmsNorm("model.norm", stream));
        }

        private double[][] Attention(string name, double[][] x) => Linear(name + "o_proj", Plain.Attention(
            Plain.Rotate(Linear(name + "q_proj", x), Config.HeadDim, _rotary),
            Plain.Rotate(Linear(name + "k_proj", x), Config.HeadDim, _rotary),
            Linear(name + "v_proj", x), Config.HeadDim, Config.SlidingWindow));
    }
}
