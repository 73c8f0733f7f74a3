using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests.Families;

public sealed class Gemma3Tests
{
    // The values published with gemma-3-1b-it.
    private const string OneBillion = """
        {"architectures": ["Gemma3ForCausalLM"], "attention_bias": false, "attn_logit_softcapping": null, "bos_token_id": 2, "cache_implementation": "hybrid",
         "eos_token_id": [1, 106], "final_logit_softcapping": null, "head_dim": 256, "hidden_activation": "gelu_pytorch_tanh", "hidden_size": 1152,
         "initializer_range": 0.02, "intermediate_size": 6912, "max_position_embeddings": 32768, "model_type": "gemma3_text", "num_attention_heads": 4,
         "num_hidden_layers": 26, "num_key_value_heads": 1, "pad_token_id": 0, "query_pre_attn_scalar": 256, "rms_norm_eps": 1e-06, "rope_local_base_freq": 10000,
         "rope_scaling": null, "rope_theta": 1000000, "sliding_window": 512, "sliding_window_pattern": 6, "torch_dtype": "bfloat16", "use_cache": true, "vocab_size": 262144}
        """;

    // The values published with gemma-3-4b-it, whose language model leaves out what is as transformers has it.
    private const string FourBillion = """
        {"architectures": ["Gemma3ForConditionalGeneration"], "boi_token_index": 255999, "eoi_token_index": 256000, "eos_token_id": [1, 106], "image_token_index": 262144,
         "initializer_range": 0.02, "mm_tokens_per_image": 256, "model_type": "gemma3",
         "text_config": {"hidden_size": 2560, "intermediate_size": 10240, "model_type": "gemma3_text", "num_hidden_layers": 34,
                         "rope_scaling": {"factor": 8.0, "rope_type": "linear"}, "sliding_window": 1024},
         "torch_dtype": "bfloat16",
         "vision_config": {"hidden_size": 1152, "image_size": 896, "intermediate_size": 4304, "model_type": "siglip_vision_model", "num_attention_heads": 16,
                           "num_hidden_layers": 27, "patch_size": 14, "vision_use_head": false}}
        """;

    [Fact]
    public void A_published_config_has_the_published_number_of_weights_and_its_layers()
    {
        ModelConfig config = Samples.Parse(OneBillion);
        Assert.Equal(999_885_952, ModelTensors.ParameterCount(config));
        Assert.Equal(OneBillion, config.ToJson());
        IReadOnlyList<LayerDesign> layers = ModelTensors.DesignOf(config).Layers;
        for (int i = 0; i < 26; i++)
        {
            bool isGlobal = i % 6 == 5;
            Assert.Equal(isGlobal ? 0 : 512, layers[i].Attention.Settings.Window);
            Assert.Equal(isGlobal ? 1_000_000 : 10_000, layers[i].Attention.Rotary!.Theta);
        }
    }

    [Fact]
    public void The_language_model_of_a_config_with_images_is_read_with_what_it_leaves_out()
    {
        ModelConfig config = Samples.Parse(FourBillion);
        Assert.Equal("gemma3_text", config.ModelType);
        Assert.Equal((2560, 8, 4, 256, 262_208, 131_072), (config.HiddenSize, config.NumAttentionHeads, config.NumKeyValueHeads, config.HeadDim, config.VocabSize, config.MaxPositionEmbeddings));
        Assert.Equal((1024, 1_000_000, 10_000), (config.SlidingWindow, config.RopeTheta, config.LocalRopeTheta));
        Assert.Equal(new RopeScaling.Linear(8), config.RopeScaling);
        Assert.Equal([1, 106], config.EosTokenIds);
        Assert.Equal((2, 0, SafetensorsDType.BF16, true), (config.BosTokenId, config.PadTokenId, config.DType, config.TieWordEmbeddings));
        IReadOnlyList<LayerDesign> layers = ModelTensors.DesignOf(config).Layers;
        Assert.Null(layers[0].Attention.Rotary!.Scaling);
        Assert.NotNull(layers[5].Attention.Rotary!.Scaling);
        Assert.Equal(config.ToJson(), Samples.Parse(config.ToJson()).ToJson());
    }

    [Fact]
    public void The_newer_spelling_of_rotary_positions_means_the_same_and_is_kept()
    {
        const string parameters = """
            {"full_attention": {"rope_type": "linear", "factor": 8.0, "rope_theta": 1000000.0}, "sliding_attention": {"rope_type": "default", "rope_theta": 10000.0}}
            """;
        string newer = Samples.With(OneBillion, ("rope_theta", null), ("rope_local_base_freq", null), ("rope_scaling", null), ("rope_parameters", parameters));
        ModelConfig config = Samples.Parse(newer);
        Assert.Equal((1_000_000, 10_000, new RopeScaling.Linear(8)), (config.RopeTheta, config.LocalRopeTheta, (RopeScaling.Linear)config.RopeScaling!));
        Assert.Equal(newer, config.ToJson());
        ModelConfig changed = Samples.Parse((config with { RopeTheta = 7, LocalRopeTheta = 3, RopeScaling = null }).ToJson());
        Assert.Equal((7, 3, null), (changed.RopeTheta, changed.LocalRopeTheta, changed.RopeScaling));
        Assert.Contains("\"sliding_attention\"", changed.ToJson(), StringComparison.Ordinal);
        string stretched = parameters.Replace("default", "linear", StringComparison.Ordinal);
        Assert.Contains(
            "'rope_parameters.sliding_attention.rope_type' is 'linear'; layers within the window are not stretched",
            Samples.Refused(Samples.With(newer, ("rope_parameters", stretched))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_encoder_is_refused() =>
        Assert.Contains("'use_bidirectional_attention' is true", Samples.Refused(Samples.With(OneBillion, ("use_bidirectional_attention", "true"))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("language_model.model.", "vision_tower.encoder.weight", "multi_modal_projector.mm_soft_emb_norm.weight")]
    [InlineData("model.language_model.", "model.vision_tower.encoder.weight", "model.multi_modal_projector.mm_soft_emb_norm.weight")]
    public void The_language_model_is_taken_out_of_a_checkpoint_with_images_and_saved_by_itself(string prefix, params string[] others)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel("gemma3_text", device);
        TensorToWrite[] tensors =
        [
            .. model.Parameters.Select(parameter => TensorToWrite.From(
                prefix + parameter.Name["model.".Length..], parameter.Shape.Columns == 1 ? [parameter.Shape.Rows] : [parameter.Shape.Rows, parameter.Shape.Columns], parameter.ToArray())),
            .. others.Select(name => TensorToWrite.From(name, [2], new float[2])),
        ];
        Directory.CreateDirectory(folder.File("images"));
        File.WriteAllText(folder.File("images/config.json"), $"{{\"model_type\": \"gemma3\", \"text_config\": {model.Config.ToJson()}, \"vision_config\": {{}}}}");
        SafetensorsWriter.WriteModel(folder.File("images"), tensors);
        using CausalModel loaded = CausalModel.Load(folder.File("images"), device);
        Assert.Equal(model.Parameters.Select(parameter => parameter.Name), loaded.Parameters.Select(parameter => parameter.Name));
        loaded.Save(folder.File("text"));
        model.Save(folder.File("expected"));
        Assert.Equal(File.ReadAllBytes(folder.File("expected/model.safetensors")), File.ReadAllBytes(folder.File("text/model.safetensors")));
        using CausalModel again = CausalModel.Load(folder.File("text"), device);
        Assert.Equal("gemma3_text", again.Config.ModelType);
    }

    /// <summary>arXiv:2503.19786: Gemma 2 without caps, with a norm over each head of queries and keys, and two kinds of rotary positions.</summary>
    internal sealed class Reference(CausalModel model) : PlainModel(model.Config, WeightsOf(model))
    {
        private readonly (double[] Frequencies, double Scale) _global = RotaryReference.Of(model.Config, model.ContextLength);
        private readonly (double[] Frequencies, double Scale) _local =
            RotaryReference.Of(model.Config with { RopeTheta = model.Config.LocalRopeTheta, RopeScaling = null }, model.ContextLength);

        public override double[][] Logits(IReadOnlyList<int> ids)
        {
            double[][] stream = Plain.Map(LookUp("model.embed_tokens.weight", ids), x => x * Math.Sqrt(Config.HiddenSize));
            for (int layer = 0; layer < Config.NumHiddenLayers; layer++)
            {
                string name = $"model.layers.{layer}.";
                double[][] attended = Attention(name + "self_attn.", isGlobal: (layer + 1) % Config.SlidingWindowPattern == 0, Norm(name + "input_layernorm", stream));
                stream = Plain.Add(stream, Norm(name + "post_attention_layernorm", attended));
                stream = Plain.Add(stream, Norm(name + "post_feedforward_layernorm", GeGlu(name + "mlp.", Norm(name + "pre_feedforward_layernorm", stream))));
            }
            return Head("model.embed_tokens", Norm("model.norm", stream));
        }

        private double[][] Attention(string name, bool isGlobal, double[][] x)
        {
            (double[] Frequencies, double Scale) rotary = isGlobal ? _global : _local;
            double[][] queries = Plain.Rotate(Norm(name + "q_norm", Linear(name + "q_proj", x)), Config.HeadDim, rotary);
            double[][] keys = Plain.Rotate(Norm(name + "k_norm", Linear(name + "k_proj", x)), Config.HeadDim, rotary);
            return Linear(name + "o_proj", Plain.Attention(
                queries, keys, Linear(name + "v_proj", x), Config.HeadDim, isGlobal ? 0 : Config.SlidingWindow, 1 / Math.Sqrt(Config.QueryPreAttnScalar!.Value)));
        }

        private double[][] Norm(string name, double[][] x) => Plain.RmsNorm(x, [.. Weights[name + ".weight"].Select(w => 1 + w)], Config.RmsNormEps);

        private double[][] GeGlu(string name, double[][] x) =>
            Linear(name + "down_proj", Plain.Zip(Plain.Map(Linear(name + "gate_proj", x), Plain.GeluTanh), Linear(name + "up_proj", x), (gate, up) => gate * up));
    }
}
