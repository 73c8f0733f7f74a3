using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Testing;

namespace Cerise.Models.Tests.Configs;

public sealed class CheckpointCheckTests
{
    private static readonly ModelConfig Tiny = new()
    {
        ModelType = "llama",
        HiddenSize = 8,
        IntermediateSize = 12,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        NumKeyValueHeads = 1,
        VocabSize = 16,
        MaxPositionEmbeddings = 32,
    };

    [Fact]
    public void A_real_checkpoint_fits_its_config()
    {
        string folder = TestPaths.SharedData("models/stories260K");
        var config = ModelConfig.Load(folder);
        using var reader = SafetensorsReader.Open(folder);
        Assert.Equal(reader.Entries.Select(entry => entry.Name).Order(), ModelTensors.Of(config).Select(tensor => tensor.Name).Order());
        Assert.Empty(CheckpointCheck.Compare(config, reader));
        CheckpointCheck.Require(config, reader);
    }

    [Fact]
    public void Names_and_shapes_are_hugging_faces()
    {
        ModelConfig config = Tiny with { QkvBias = true, AttentionOutputBias = true, MlpBias = true };
        string[] names = [.. ModelTensors.Of(config).Where(tensor => tensor.Layer is null or 1).Select(tensor => $"{tensor.Name} {ShapeText.Of(tensor.Shape)} {tensor.Role}")];
        Assert.Equal(
        [
            "model.embed_tokens.weight [16, 8] TokenEmbedding",
            "model.layers.1.input_layernorm.weight [8] NormWeight",
            "model.layers.1.self_attn.q_proj.weight [8, 8] Weight",
            "model.layers.1.self_attn.k_proj.weight [4, 8] Weight",
            "model.layers.1.self_attn.v_proj.weight [4, 8] Weight",
            "model.layers.1.self_attn.q_proj.bias [8] Bias",
            "model.layers.1.self_attn.k_proj.bias [4] Bias",
            "model.layers.1.self_attn.v_proj.bias [4] Bias",
            "model.layers.1.self_attn.o_proj.weight [8, 8] Weight",
            "model.layers.1.self_attn.o_proj.bias [8] Bias",
            "model.layers.1.post_attention_layernorm.weight [8] NormWeight",
            "model.layers.1.mlp.gate_proj.weight [12, 8] Weight",
            "model.layers.1.mlp.up_proj.weight [12, 8] Weight",
            "model.layers.1.mlp.down_proj.weight [8, 12] Weight",
            "model.layers.1.mlp.gate_proj.bias [12] Bias",
            "model.layers.1.mlp.up_proj.bias [12] Bias",
            "model.layers.1.mlp.down_proj.bias [8] Bias",
            "model.norm.weight [8] NormWeight",
            "lm_head.weight [16, 8] LmHead",
        ], names);
        Assert.Equal(TensorRole.NormWeight, ModelTensors.Of(Tiny with { TieWordEmbeddings = true })[^1].Role);
    }

    [Fact]
    public void A_misshapen_tensor_is_named_with_what_the_config_asks_for()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using SafetensorsReader reader = Save(folder, Tiny, tensors => Replace(tensors, "model.layers.1.self_attn.k_proj.weight", [8, 8]));
        var error = Assert.Throws<CheckpointException>(() => CheckpointCheck.Require(Tiny, reader));
        Assert.Equal($"{folder.File("model.safetensors")}: tensor 'model.layers.1.self_attn.k_proj.weight' is [8, 8], the config asks for [4, 8] " +
            "(1 kv heads of 4). Is this checkpoint for another size?", error.Message);
        Assert.Equal("model.layers.1.self_attn.k_proj.weight", error.Tensor);
    }

    [Fact]
    public void Missing_and_extra_tensors_come_in_one_message()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using SafetensorsReader reader = Save(folder, Tiny, tensors =>
        {
            tensors.RemoveAll(tensor => tensor.Name is "lm_head.weight" or "model.layers.0.mlp.up_proj.weight");
            tensors.Add(Tensor("model.layers.0.self_attn.q_proj.bias", [8]));
            tensors.Add(Tensor("model.layers.2.input_layernorm.weight", [8]));
        });
        Assert.Equal(
            $"{folder.File("model.safetensors")}: 4 tensors do not fit the config. Is this checkpoint for another size?\n" +
            "  tensor 'model.layers.0.mlp.up_proj.weight' is missing, the config asks for [12, 8] (intermediate size 12). Is this checkpoint for another size?\n" +
            "  tensor 'lm_head.weight' is missing, the config asks for [16, 8] (vocabulary of 16). If the head is the embedding, set 'tie_word_embeddings' to true.\n" +
            "  tensor 'model.layers.0.self_attn.q_proj.bias' [8] is not part of the config's llama of 2 layers. " +
            "Set 'attention_bias' or 'mlp_bias' to true if the model has it.\n" +
            "  tensor 'model.layers.2.input_layernorm.weight' [8] is not part of the config's llama of 2 layers. Is this checkpoint of another family or size?",
            Assert.Throws<CheckpointException>(() => CheckpointCheck.Require(Tiny, reader)).Message);
    }

    [Fact]
    public void A_long_list_of_faults_is_cut()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using SafetensorsReader reader = Save(folder, Tiny, tensors => tensors.RemoveAll(tensor => tensor.Name.Contains("layers", StringComparison.Ordinal)));
        string message = Assert.Throws<CheckpointException>(() => CheckpointCheck.Require(Tiny, reader)).Message;
        Assert.Contains("18 tensors do not fit", message, StringComparison.Ordinal);
        Assert.EndsWith("\n  and 6 more", message, StringComparison.Ordinal);
        Assert.Equal(14, message.Split('\n').Length);
    }

    [Fact]
    public void Rotary_tables_and_a_tied_head_are_left_alone()
    {
        ModelConfig tied = Tiny with { TieWordEmbeddings = true };
        using TemporaryFolder folder = TestPaths.NewFolder();
        using SafetensorsReader reader = Save(folder, Tiny, tensors => tensors.Add(Tensor("model.layers.0.self_attn.rotary_emb.inv_freq", [2])));
        Assert.Empty(CheckpointCheck.Compare(tied, reader));

        using TemporaryFolder other = TestPaths.NewFolder();
        using SafetensorsReader larger = Save(other, Tiny, tensors => Replace(tensors, "lm_head.weight", [17, 8]));
        Assert.Equal(["lm_head.weight"], CheckpointCheck.Compare(tied, larger).Select(fault => fault.Tensor));
    }

    [Fact]
    public void A_weight_that_is_no_float_is_refused()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using (Save(folder, Tiny, _ => { }))
        {
        }
        string text = File.ReadAllText(folder.File("model.safetensors"), System.Text.Encoding.Latin1);
        int at = text.IndexOf("F32", text.IndexOf("model.norm.weight", StringComparison.Ordinal), StringComparison.Ordinal);
        File.WriteAllText(folder.File("model.safetensors"), text[..at] + "I32" + text[(at + 3)..], System.Text.Encoding.Latin1);
        using var reader = SafetensorsReader.Open(folder.Path);
        Assert.Contains("'model.norm.weight' is I32, a weight in F32", Assert.Single(CheckpointCheck.Compare(Tiny, reader)).Message, StringComparison.Ordinal);
    }

    private static SafetensorsReader Save(TemporaryFolder folder, ModelConfig config, Action<List<TensorToWrite>> change)
    {
        List<TensorToWrite> tensors = [.. ModelTensors.Of(config).Select(tensor => Tensor(tensor.Name, tensor.Shape))];
        change(tensors);
        SafetensorsWriter.WriteModel(folder.Path, tensors);
        return SafetensorsReader.Open(folder.Path);
    }

    private static void Replace(List<TensorToWrite> tensors, string name, long[] shape)
        => tensors[tensors.FindIndex(tensor => tensor.Name == name)] = Tensor(name, shape);

    private static TensorToWrite Tensor(string name, IReadOnlyList<long> shape)
        => TensorToWrite.From(name, shape, new float[shape.Aggregate(1L, (product, size) => product * size)]);
}
