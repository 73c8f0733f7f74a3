using System.Text.Json.Nodes;
using Cerise.Models.Configs;
using Cerise.Models.Layers;
using Cerise.Models.Tests.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Tests.Families;

public sealed class Phi3Tests
{
    private const string Sizes = """
        {"architectures": ["Phi3ForCausalLM"], "hidden_act": "silu", "hidden_size": 24, "initializer_range": 0.02, "intermediate_size": 32,
         "max_position_embeddings": 131072, "model_type": "phi3", "num_attention_heads": 3, "num_hidden_layers": 2, "num_key_value_heads": 1,
         "original_max_position_embeddings": 4096, "rms_norm_eps": 1e-05, "rope_theta": 10000.0, "partial_rotary_factor": 0.75, "sliding_window": 262144,
         "rope_scaling": {"long_factor": [1, 2.5, 4], "short_factor": [1, 1, 1.5], "type": "longrope"},
         "tie_word_embeddings": true, "torch_dtype": "bfloat16", "vocab_size": 64}
        """;

    [Fact]
    public void A_config_with_longrope_is_read_and_kept()
    {
        ModelConfig config = Samples.Parse(Sizes);
        Assert.Equal((8, 6, 262_144, 4096), (config.HeadDim, config.RotaryDim, config.SlidingWindow, config.DefaultContextLength));
        Assert.Equal(new RopeScaling.LongRope([1, 1, 1.5], [1, 2.5, 4], 4096), config.RopeScaling);
        Assert.Equal(Sizes, config.ToJson());
    }

    [Theory]
    [InlineData("su")]
    [InlineData("yarn")]
    [InlineData("longrope")]
    public void The_first_names_of_longrope_are_read(string name)
    {
        JsonObject scaling = JsonNode.Parse(Sizes)!["rope_scaling"]!.DeepClone().AsObject();
        scaling["type"] = name;
        Assert.IsType<RopeScaling.LongRope>(Samples.Parse(Samples.With(Sizes, ("rope_scaling", scaling.ToJsonString()))).RopeScaling);
    }

    [Fact]
    public void The_newer_spelling_means_the_same()
    {
        const string parameters = """
            {"rope_type": "longrope", "long_factor": [1, 2.5, 4], "short_factor": [1, 1, 1.5], "rope_theta": 10000.0, "partial_rotary_factor": 0.75,
             "original_max_position_embeddings": 4096}
            """;
        ModelConfig newer = Samples.Parse(Samples.With(
            Sizes, ("rope_scaling", null), ("partial_rotary_factor", null), ("rope_theta", null), ("original_max_position_embeddings", null), ("rope_parameters", parameters)));
        ModelConfig older = Samples.Parse(Sizes);
        Assert.Equal(LlamaDesign.Rotary(older), LlamaDesign.Rotary(newer));
        ModelConfig changed = Samples.Parse((newer with { RopeTheta = 7, PartialRotaryFactor = 1, RopeScaling = null }).ToJson());
        Assert.Equal((7.0, 8, null), (changed.RopeTheta, changed.RotaryDim, changed.RopeScaling));
    }

    [Fact]
    public void Longrope_divides_by_the_short_factors_up_to_the_original_context_and_sharpens_by_the_stretch()
    {
        RotaryDesign rotary = LlamaDesign.Rotary(Samples.Parse(Sizes));
        double[] plain = [1, Math.Pow(10_000, -1.0 / 3), Math.Pow(10_000, -2.0 / 3)];
        (double[] frequencies, double scale) = RotaryFrequencies.Of(rotary, 4096);
        Assert.Equal([plain[0], plain[1], plain[2] / 1.5], frequencies);
        // 32 times the context: sqrt(1 + ln 32 / ln 4096) = sqrt(1 + 5 / 12), in Phi-3-mini-128k 1.19.
        Assert.Equal(Math.Sqrt(17 / 12.0), scale, 1e-12);
        (frequencies, scale) = RotaryFrequencies.Of(rotary, 4097);
        Assert.Equal([plain[0], plain[1] / 2.5, plain[2] / 4], frequencies);
        Assert.Equal(Math.Sqrt(17 / 12.0), scale, 1e-12);
    }

    [Fact]
    public void Which_factors_are_taken_is_settled_by_the_context_that_is_asked_for()
    {
        using Testing.TemporaryFolder folder = Testing.TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        ModelConfig config = FamilyCases.Config("phi3") with { RopeScaling = new RopeScaling.LongRope([1, 1.5, 2], [1.1, 3, 7], 50) };
        using (CausalModel model = TinyModels.New(config, device))
        {
            Assert.Equal(50, model.ContextLength);
            model.Save(folder.Path);
        }
        using CausalModel shorter = CausalModel.Load(folder.Path, device);
        using CausalModel longer = CausalModel.Load(folder.Path, device, contextLength: 51);
        int[] ids = TinyModels.Tokens(Seed.From(1), 50, config.VocabSize);
        foreach (CausalModel model in (CausalModel[])[shorter, longer])
        {
            using Graph graph = new(device, record: false);
            float[] actual = model.LogProbs(graph, TokenBatch.PackAll([ids])).LogProbs.ToArray();
            double[] expected = new Reference(model).Score(ids, 1).LogProbs;
            Assert.All(actual.Zip(expected), pair => Assert.Equal(pair.Second, pair.First, 1e-4));
        }
        Assert.NotEqual(new Reference(shorter).Score(ids, 1).LogProbs, new Reference(longer).Score(ids, 1).LogProbs);
        using Graph refused = new(device, record: false);
        Assert.Throws<ShapeException>(() => shorter.LogProbs(refused, TokenBatch.PackAll([[.. ids, 1]])));
    }

    [Theory]
    [InlineData("rope_scaling", """{"type": "linear", "factor": 2}""", "The phi3 family stretches its context by longrope, not by linear.")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": [1, 1, 1]}""", "'rope_scaling.long_factor' is missing")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": [1, 1], "long_factor": [1, 1, 1]}""", "'short_factor' and 'long_factor' have 2 and 3 numbers; 3 are expected")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": [1, 0, 1], "long_factor": [1, 1, 1]}""", "'rope_scaling.short_factor' has a number that is not above 0")]
    [InlineData("rope_scaling", """{"type": "longrope", "short_factor": 1, "long_factor": [1, 1, 1]}""", "'rope_scaling.short_factor' is the number 1; a list of numbers is expected.")]
    [InlineData("partial_rotary_factor", "0.4", "'partial_rotary_factor' makes 3 of the 8 channels of a head")]
    [InlineData("partial_rotary_factor", "1.5", "'partial_rotary_factor' is not above 0 and at most 1")]
    [InlineData("sliding_window", "0", "'sliding_window' is 0; a whole number from 1 is expected.")]
    public void What_is_wrong_is_named(string key, string value, string expected) =>
        Assert.StartsWith("config.json: " + expected, Samples.Refused(Samples.With(Sizes, (key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Fused_projections_have_the_sizes_of_their_parts() => Assert.Equal(
        ["self_attn.qkv_proj.weight [40, 24]", "mlp.gate_up_proj.weight [64, 24]"],
        ModelTensors.Of(Samples.Parse(Sizes)).Where(tensor => tensor.Layer == 1 && tensor.Name.Contains("_proj", StringComparison.Ordinal))
            .Where(tensor => tensor.Name.Contains("qkv", StringComparison.Ordinal) || tensor.Name.Contains("gate_up", StringComparison.Ordinal))
            .Select(tensor => $"{tensor.Name["model.layers.1.".Length..]} [{tensor.Shape[0]}, {tensor.Shape[1]}]"));

    /// <summary>arXiv:2404.14219: Llama with queries, keys and values out of one matrix, gate and up out of another; heads rotated in part; a window.</summary>
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
                stream = Plain.Add(stream, FeedForward(name + "mlp.", RmsNorm(name + "post_attention_layernorm", stream)));
            }
            return Head("model.embed_tokens", RmsNorm("model.norm", stream));
        }

        private double[][] Attention(string name, double[][] x)
        {
            (int dim, int kv) = (Config.HeadDim, Config.NumKeyValueHeads * Config.HeadDim);
            int queries = Config.NumAttentionHeads * dim;
            double[][] all = Linear(name + "qkv_proj", x);
            return Linear(name + "o_proj", Plain.Attention(
                Plain.Rotate(Plain.Columns(all, 0, queries), dim, _rotary), Plain.Rotate(Plain.Columns(all, queries, kv), dim, _rotary),
                Plain.Columns(all, queries + kv, kv), dim, Config.SlidingWindow));
        }

        private double[][] FeedForward(string name, double[][] x)
        {
            int inner = Config.IntermediateSize;
            double[][] both = Linear(name + "gate_up_proj", x);
            return Linear(name + "down_proj", Plain.Zip(Plain.Map(Plain.Columns(both, 0, inner), Plain.Silu), Plain.Columns(both, inner, inner), (gate, up) => gate * up));
        }
    }
}
