using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Families;

public sealed class Gemma2Tests
{
    // The values published with gemma-2-2b.
    private const string Published = """
        {"architectures": ["Gemma2ForCausalLM"], "attention_bias": false, "attn_logit_softcapping": 50.0, "bos_token_id": 2, "cache_implementation": "hybrid",
         "eos_token_id": 1, "final_logit_softcapping": 30.0, "head_dim": 256, "hidden_act": "gelu_pytorch_tanh", "hidden_activation": "gelu_pytorch_tanh",
         "hidden_size": 2304, "initializer_range": 0.02, "intermediate_size": 9216, "max_position_embeddings": 8192, "model_type": "gemma2",
         "num_attention_heads": 8, "num_hidden_layers": 26, "num_key_value_heads": 4, "pad_token_id": 0, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06,
         "rope_theta": 10000.0, "sliding_window": 4096, "torch_dtype": "float32", "use_cache": true, "vocab_size": 256000}
        """;

    [Fact]
    public void A_published_config_has_the_published_number_of_weights_and_what_the_paper_says()
    {
        ModelConfig config = Samples.Parse(Published);
        Assert.Equal(2_614_341_888, ModelTensors.ParameterCount(config));
        Assert.Equal(Published, config.ToJson());
        DecoderDesign design = ModelTensors.DesignOf(config);
        Assert.Null(design.Head);
        Assert.Equal((48, 30), (design.EmbeddingScale, design.LogitSoftCap));
        AttentionSettings[] settings = [.. design.Layers.Select(layer => layer.Attention.Settings)];
        Assert.Equal([.. Enumerable.Range(0, 26).Select(i => i % 2 == 0 ? 4096 : 0)], settings.Select(layer => layer.Window));
        Assert.All(settings, layer => Assert.Equal((1f / 16, 50), (layer.Scale, layer.SoftCap)));
        Assert.All(design.Layers, layer => Assert.Equal(Activation.GeluTanh, layer.FeedForward.Activation));
    }

    [Fact]
    public void Missing_keys_are_those_of_transformers_and_null_is_none()
    {
        ModelConfig missing = Samples.Parse("""{"model_type": "gemma2"}""");
        Assert.Equal(Described(Samples.Parse(Published)), Described(missing));
        ModelConfig none = Samples.Parse(
            """{"model_type": "gemma2", "attn_logit_softcapping": null, "final_logit_softcapping": null, "sliding_window": null, "hidden_act": "silu"}""");
        Assert.Equal((0, 0, 0, Activation.GeluTanh), (none.AttentionSoftCap, none.LogitSoftCap, none.SlidingWindow, none.HiddenActivation));
        Assert.Equal((0, 0, 0), (Again(none).AttentionSoftCap, Again(none).LogitSoftCap, Again(none).SlidingWindow));
        ModelConfig made = Samples.Parse(FamilyCases.Config("gemma2").ToJson());
        Assert.Equal((null, 0, null), (made.BosTokenId, made.EosTokenIds.Count, made.PadTokenId));

        static ModelConfig Again(ModelConfig config) => Samples.Parse((config with { HiddenSize = 40, RopeTheta = 5 }).ToJson());
        static string Described(ModelConfig config) => string.Join(' ', ModelTensors.Of(config).Select(tensor => $"{tensor.Name} {tensor.Reason}"))
            + $"{config.SlidingWindow} {config.AttentionSoftCap} {config.LogitSoftCap} {config.QueryPreAttnScalar} {config.RopeTheta} {config.MaxPositionEmbeddings} "
            + $"{config.TieWordEmbeddings} {config.BosTokenId} {config.EosTokenIds[0]} {config.PadTokenId} {config.HiddenActivation} {config.RmsNormEps}";
    }

    [Theory]
    [InlineData("query_pre_attn_scalar", "0", "'query_pre_attn_scalar' is 0; a number above 0 is expected")]
    [InlineData("attn_logit_softcapping", "-1", "'attn_logit_softcapping' or 'final_logit_softcapping' is no bound")]
    [InlineData("final_logit_softcapping", "1e300", "'attn_logit_softcapping' or 'final_logit_softcapping' is no bound")]
    [InlineData("sliding_window", "0", "'sliding_window' is 0; a whole number from 1 is expected")]
    [InlineData("attention_bias", "\"no\"", "'attention_bias' is the string 'no'; true or false is expected")]
    public void What_makes_no_sense_is_refused(string key, string value, string expected) =>
        Assert.Contains(expected, Samples.Refused(Samples.With(Published, (key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Layers_may_be_listed()
    {
        ModelConfig config = Samples.Parse("""{"model_type": "gemma2", "num_hidden_layers": 3, "layer_types": ["full_attention", "sliding_attention", "sliding_attention"]}""");
        Assert.Equal([0, 4096, 4096], ModelTensors.DesignOf(config).Layers.Select(layer => layer.Attention.Settings.Window));
    }

    [Fact]
    public void Fresh_norms_are_0_for_1_is_added_to_them()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = CausalModel.Create(FamilyCases.Config("gemma2"), device, Seed.From(1));
        Assert.All(model.Parameters.Where(parameter => parameter.Name.Contains("norm", StringComparison.Ordinal)), norm => Assert.All(norm.ToArray(), weight => Assert.Equal(0, weight)));
    }

    /// <summary>arXiv:2408.00118, with the norm's 1 + weight and the scaled embedding of arXiv:2403.08295.</summary>
    internal sealed class Reference(CausalModel model) : PlainModel(model.Config, WeightsOf(model))
    {
        private readonly (double[] Frequencies, double Scale) _rotary = RotaryReference.Of(model.Config, model.ContextLength);

        public override double[][] Logits(IReadOnlyList<int> ids)
        {
            double[][] stream = Plain.Map(LookUp("model.embed_tokens.weight", ids), x => x * Math.Sqrt(Config.HiddenSize));
            for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
            {
                string name = $"model.layers.{layer}.";
                double[][] attended = Attention(name + "self_attn.", layer % 2 == 0 ? Config.SlidingWindow : 0, Norm(name + "input_layernorm", stream));
                stream = Plain.Add(stream, Norm(name + "post_attention_layernorm", attended));
                stream = Plain.Add(stream, Norm(name + "post_feedforward_layernorm", GeGlu(name + "mlp.", Norm(name + "pre_feedforward_layernorm", stream))));
            }
            return Plain.Map(Head("model.embed_tokens", Norm("model.norm", stream)), logit => Plain.Cap(logit, Config.LogitSoftCap));
        }

        private double[][] Attention(string name, int window, double[][] x) => Linear(name + "o_proj", Plain.Attention(
            Plain.Rotate(Linear(name + "q_proj", x), Config.HeadDim, _rotary), Plain.Rotate(Linear(name + "k_proj", x), Config.HeadDim, _rotary),
            Linear(name + "v_proj", x), Config.HeadDim, window, 1 / Math.Sqrt(Config.QueryPreAttnScalar!.Value), Config.AttentionSoftCap));

        private double[][] Norm(string name, double[][] x) => Plain.RmsNorm(x, [.. Weights[name + ".weight"].Select(w => 1 + w)], Config.RmsNormEps);

        private double[][] GeGlu(string name, double[][] x) =>
            Linear(name + "down_proj", Plain.Zip(Plain.Map(Linear(name + "gate_proj", x), Plain.GeluTanh), Linear(name + "up_proj", x), (gate, up) => gate * up));
    }
}
