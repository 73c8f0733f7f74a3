using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;

namespace Cerise.Models.Tests.Families;

public sealed class Olmo2Tests
{
    // The values published with OLMo-2-0425-1B.
    private const string Published = """
        {"architectures": ["Olmo2ForCausalLM"], "attention_bias": false, "attention_dropout": 0.0, "eos_token_id": 100257, "hidden_act": "silu", "hidden_size": 2048,
         "initializer_range": 0.02, "intermediate_size": 8192, "max_position_embeddings": 4096, "model_type": "olmo2", "num_attention_heads": 16,
         "num_hidden_layers": 16, "num_key_value_heads": 16, "pad_token_id": 100277, "rms_norm_eps": 1e-06, "rope_scaling": null, "rope_theta": 500000,
         "tie_word_embeddings": false, "torch_dtype": "float32", "use_cache": false, "vocab_size": 100352}
        """;

    [Fact]
    public void A_published_config_has_the_published_number_of_weights()
    {
        ModelConfig config = Samples.Parse(Published);
        Assert.Equal(1_484_916_736, ModelTensors.ParameterCount(config));
        Assert.Equal(Published, config.ToJson());
        Assert.Equal(1e-5, Samples.Parse(Samples.With(Published, ("rms_norm_eps", null))).RmsNormEps);
    }

    [Fact]
    public void Norms_come_after_attention_and_feed_forward_and_nothing_before()
    {
        string[] names = [.. ModelTensors.Of(Samples.Parse(Published)).Where(tensor => tensor.Layer == 3).Select(tensor => tensor.Name["model.layers.3.".Length..])];
        Assert.Equal(
        [
            "self_attn.q_proj.weight", "self_attn.k_proj.weight", "self_attn.v_proj.weight", "self_attn.q_norm.weight", "self_attn.k_norm.weight",
            "self_attn.o_proj.weight", "post_attention_layernorm.weight", "mlp.gate_proj.weight", "mlp.up_proj.weight", "mlp.down_proj.weight",
            "post_feedforward_layernorm.weight",
        ], names);
    }

    /// <summary>arXiv:2501.00656, section 3: x + norm(attention(x)), then that + norm(feed-forward(it)), with norms over all queries and all keys.</summary>
    internal sealed class Reference(CausalModel model) : PlainModel(model.Config, WeightsOf(model))
    {
        private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(model.Config, model.ContextLength);

        public override double[][] Logits(IReadOnlyList<int> ids)
        {
            double[][] stream = LookUp("model.embed_tokens.weight", ids);
            for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
            {
                string name = $"model.layers.{layer}.";
                stream = Plain.Add(stream, RmsNorm(name + "post_attention_layernorm", Attention(name + "self_attn.", stream)));
                stream = Plain.Add(stream, RmsNorm(name + "post_feedforward_layernorm", SwiGlu(name + "mlp.", stream)));
            }
            return Head("model.embed_tokens", RmsNorm("model.norm", stream));
        }

        private double[][] Attention(string name, double[][] x)
        {
            double[][] queries = Plain.Rotate(RmsNorm(name + "q_norm", Linear(name + "q_proj", x)), Config.HeadDim, _rotary);
            double[][] keys = Plain.Rotate(RmsNorm(name + "k_norm", Linear(name + "k_proj", x)), Config.HeadDim, _rotary);
            return Linear(name + "o_proj", Plain.Attention(queries, keys, Linear(name + "v_proj", x), Config.HeadDim));
        }
    }
}
