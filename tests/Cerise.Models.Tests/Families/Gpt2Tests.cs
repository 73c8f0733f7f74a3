using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Testing;

namespace Cerise.Models.Tests.Families;

public sealed class Gpt2Tests
{
    // The values published with openai-community/gpt2.
    private const string Published = """
        {"activation_function": "gelu_new", "architectures": ["GPT2LMHeadModel"], "attn_pdrop": 0.1, "bos_token_id": 50256, "embd_pdrop": 0.1, "eos_token_id": 50256,
         "initializer_range": 0.02, "layer_norm_epsilon": 1e-05, "model_type": "gpt2", "n_ctx": 1024, "n_embd": 768, "n_head": 12, "n_layer": 12, "n_positions": 1024,
         "resid_pdrop": 0.1, "summary_activation": null, "summary_first_dropout": 0.1, "summary_proj_to_labels": true, "summary_type": "cls_index",
         "summary_use_proj": true, "task_specific_params": {"text-generation": {"do_sample": true, "max_length": 50}}, "vocab_size": 50257}
        """;

    [Fact]
    public void The_published_config_has_the_published_number_of_weights()
    {
        ModelConfig config = Samples.Parse(Published);
        Assert.Equal(124_439_808, ModelTensors.ParameterCount(config));
        Assert.Equal(Published, config.ToJson());
        Assert.Equal((3072, 64, true, Activation.GeluTanh), (config.IntermediateSize, config.HeadDim, config.TieWordEmbeddings, config.HiddenActivation));
    }

    [Theory]
    [InlineData("activation_function", "\"tanh\"", "'activation_function' is 'tanh'; known are silu, swish, gelu,")]
    [InlineData("add_cross_attention", "true", "'add_cross_attention' is true, which is not supported.")]
    [InlineData("n_head", "7", "'n_embd' is 768, no multiple of 7 heads.")]
    [InlineData("n_layer", "null", "'n_layer' is missing; a whole number from 1 to 100000 is expected.")]
    public void What_is_wrong_is_named(string key, string value, string expected) =>
        Assert.StartsWith("config.json: " + expected, Samples.Refused(Samples.With(Published, (key, value))).Message, StringComparison.Ordinal);

    [Fact]
    public void Settings_the_family_cannot_express_are_refused()
    {
        ModelConfig config = FamilyCases.Config("gpt2");
        ModelConfig[] others =
        [
            config with { MlpBias = false }, config with { NumKeyValueHeads = 2 }, config with { HeadDim = 8 }, config with { RopeScaling = new RopeScaling.Linear(2) },
        ];
        Assert.All(others, other => Assert.Throws<CheckpointException>(() => other.Validate()));
        (config with { HiddenSize = 20, NumAttentionHeads = 4, NumKeyValueHeads = 4, HeadDim = 5 }).Validate();
    }

    [Theory]
    [InlineData("true", "false", new[] { 0.125f, 0.125f, 0.125f })]
    [InlineData("true", "true", new[] { 0.125f, 0.0625f, 0.125f / 3 })]
    [InlineData("false", "true", new[] { 1f, 0.5f, 1f / 3 })]
    [InlineData("false", null, new[] { 1f, 1f, 1f })]
    public void Scores_are_divided_by_the_heads_root_and_by_the_layers_number_as_the_config_says(string weights, string? layers, float[] expected)
    {
        ModelConfig config = Samples.Parse(Samples.With(Published, ("n_layer", "3"), ("scale_attn_weights", weights), ("scale_attn_by_inverse_layer_idx", layers), ("reorder_and_upcast_attn", "true")));
        Assert.Equal(expected, ModelTensors.DesignOf(config).Layers.Select(layer => layer.Attention.Settings.Scale));
        Assert.Equal(config.ScaleAttnByInverseLayerIdx, Samples.Parse((FamilyCases.Config("gpt2") with { ScaleAttnByInverseLayerIdx = layers == "true" }).ToJson()).ScaleAttnByInverseLayerIdx);
    }

    [Fact]
    public void Sizes_may_have_the_names_of_other_families()
    {
        const string other = """
            {"model_type": "gpt2", "hidden_size": 40, "num_hidden_layers": 2, "num_attention_heads": 5, "max_position_embeddings": 77, "vocab_size": 100}
            """;
        ModelConfig config = Samples.Parse(other);
        Assert.Equal((40, 2, 5, 77, 160), (config.HiddenSize, config.NumHiddenLayers, config.NumAttentionHeads, config.MaxPositionEmbeddings, config.IntermediateSize));
        Assert.Equal(48, Samples.Parse(Samples.With(other, ("n_embd", "48"), ("n_head", "4"))).HiddenSize);
    }

    [Theory]
    [InlineData("transformer.")]
    [InlineData("")]
    public void A_checkpoint_holds_its_weights_in_rows_of_inputs_and_is_saved_so_again(string prefix)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        ModelConfig config = FamilyCases.Config("gpt2", layers: 2);
        config.Save(folder.Path);
        Dictionary<string, (long[] Shape, float[] Values)> file = Checkpoint(config, prefix);
        SafetensorsWriter.WriteModel(folder.Path, [.. file.Select(tensor => TensorToWrite.From(tensor.Key, tensor.Value.Shape, tensor.Value.Values))]);

        using CausalModel model = CausalModel.Load(folder.Path, device);
        int[] ids = TinyModels.Tokens(Seed.From(2), 90, config.VocabSize);
        using Graph graph = new(device, record: false);
        float[] actual = model.LogProbs(graph, TokenBatch.PackAll([ids])).LogProbs.ToArray();
        double[] expected = new FileReference(config, file, prefix).Score(ids, 1).LogProbs;
        Assert.All(actual.Zip(expected), pair => Assert.Equal(1, pair.First / pair.Second, 1e-5));

        model.Save(folder.File("again"));
        using SafetensorsReader again = SafetensorsReader.Open(folder.File("again"));
        string[] kept = [.. file.Keys.Where(name => !name.Contains(".attn.bias", StringComparison.Ordinal) && !name.Contains("masked_bias", StringComparison.Ordinal) && name != "lm_head.weight")];
        Assert.Equal(kept.Order(), again.Entries.Select(entry => entry.Name).Order());
        foreach (string name in kept)
        {
            float[] values = new float[file[name].Values.Length];
            again.Read(name, values);
            Assert.Equal(file[name].Shape, again.Entry(name).Shape);
            Bits.AssertSame(file[name].Values, values, name);
        }
    }

    [Fact]
    public void A_sequence_longer_than_the_learned_positions_is_refused()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        ModelConfig config = FamilyCases.Config("gpt2", layers: 1) with { MaxPositionEmbeddings = 30 };
        using CausalModel model = TinyModels.New(config, device);
        using Graph graph = new(device, record: false);
        model.LogProbs(graph, TokenBatch.PackAll([new int[30]]));
        ShapeException error = Assert.Throws<ShapeException>(() => model.LogProbs(graph, TokenBatch.PackAll([new int[31]])));
        Assert.Equal("Embedding: position 30 is beyond the model's context of 30 tokens. Shorten the prompt or the completion.", error.Message);
        model.Save(folder.Path);
        Assert.Throws<ArgumentOutOfRangeException>(() => CausalModel.Load(folder.Path, device, contextLength: 31));
        using CausalModel shorter = CausalModel.Load(folder.Path, device, contextLength: 12);
        Assert.Throws<ShapeException>(() => shorter.LogProbs(graph, TokenBatch.PackAll([new int[13]])));
    }

    [Fact]
    public void Embeddings_of_tokens_and_positions_do_not_decay()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = CausalModel.Create(FamilyCases.Config("gpt2", layers: 1), device, Seed.From(1));
        Assert.Equal(["transformer.wte.weight", "transformer.wpe.weight"], model.Parameters.Where(model.IsEmbedding).Select(parameter => parameter.Name));
    }

    // The tensors as OpenAI's checkpoint has them, masks and all.
    private static Dictionary<string, (long[] Shape, float[] Values)> Checkpoint(ModelConfig config, string prefix)
    {
        Dictionary<string, (long[] Shape, float[] Values)> file = [];
        long hidden = config.HiddenSize, inner = config.IntermediateSize, positions = config.MaxPositionEmbeddings;
        void Add(string name, double deviation, params long[] shape) => file.Add(prefix + name, (shape, [
            .. Enumerable.Range(0, (int)shape.Aggregate(1L, (a, b) => a * b)).Select(i => (float)((name.Contains("ln_", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) ? 1 : 0)
                + (deviation * Seed.From(9).Fork(name).Normal(i))))]));
        Add("wte.weight", 1, config.VocabSize, hidden);
        Add("wpe.weight", 1, positions, hidden);
        for (int i = 0; i < config.NumHiddenLayers; i++)
        {
            string layer = $"h.{i}.";
            foreach (string norm in (string[])["ln_1", "ln_2"])
            {
                Add($"{layer}{norm}.weight", 0.3, hidden);
                Add($"{layer}{norm}.bias", 0.3, hidden);
            }
            Add(layer + "attn.c_attn.weight", 0.3, hidden, 3 * hidden);
            Add(layer + "attn.c_attn.bias", 0.3, 3 * hidden);
            Add(layer + "attn.c_proj.weight", 0.3, hidden, hidden);
            Add(layer + "attn.c_proj.bias", 0.3, hidden);
            Add(layer + "mlp.c_fc.weight", 0.3, hidden, inner);
            Add(layer + "mlp.c_fc.bias", 0.3, inner);
            Add(layer + "mlp.c_proj.weight", 0.3, inner, hidden);
            Add(layer + "mlp.c_proj.bias", 0.3, hidden);
            Add(layer + "attn.bias", 1, 1, 1, 8, 8);
            Add(layer + "attn.masked_bias", 1, 1);
        }
        Add("ln_f.weight", 0.3, hidden);
        Add("ln_f.bias", 0.3, hidden);
        file.Add("lm_head.weight", file[prefix + "wte.weight"]);
        return file;
    }

    /// <summary>The same on weights [out, in], under a model's names.</summary>
    internal sealed class Reference(CausalModel model) : Gpt2Reference(model.Config, WeightsOf(model), "transformer.");

    // On a file's weights, [in, out].
    private sealed class FileReference(ModelConfig config, Dictionary<string, (long[] Shape, float[] Values)> file, string prefix) : Gpt2Reference(
        config, file.ToDictionary(tensor => tensor.Key, tensor => Array.ConvertAll(tensor.Value.Values, x => (double)x)), prefix)
    {
        protected override double[][] Conv1D(string name, double[][] x)
        {
            (double[] weight, double[] bias) = (Weights[name + ".weight"], Weights[name + ".bias"]);
            return [.. x.Select(row => bias.Select((b, o) => b + row.Select((value, i) => value * weight[(i * bias.Length) + o]).Sum()).ToArray())];
        }
    }
}
