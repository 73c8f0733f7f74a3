using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Tests.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Testing;

namespace Cerise.Models.Tests.Families;

/// <summary>Every family's folders: saved, loaded, cut into shards, drawn afresh.</summary>
public sealed class FamilyFilesTests
{
    public static TheoryData<string> Names => FamilyCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void A_saved_model_is_loaded_again_and_saved_as_it_was(string family)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel(family, device);
        model.Save(folder.File("first"));
        using CausalModel loaded = CausalModel.Load(folder.File("first"), device);
        Bits.AssertSame(Score(model), Score(loaded), family);
        loaded.Save(folder.File("second"));
        foreach (string file in (string[])[ModelConfig.FileName, SafetensorsReader.SingleFileName])
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("first"), file)), File.ReadAllBytes(Path.Combine(folder.File("second"), file)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sixteen_bit_weights_score_as_their_own_float32_numbers(string family)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel(family, device);
        model.Save(folder.Path, SafetensorsDType.BF16);
        using CausalModel wide = CausalModel.Load(folder.Path, device);
        using CausalModel narrow = CausalModel.Load(folder.Path, device, dtype: null);
        Assert.Equal(DType.Bfloat16, narrow.DType);
        Bits.AssertSame(Score(wide), Score(narrow), family);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Shards_redundant_heads_and_computed_buffers_are_read(string family)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = FamilyCases.NewModel(family, device);
        model.Save(folder.File("whole"));
        using SafetensorsReader reader = SafetensorsReader.Open(folder.File("whole"));
        List<TensorToWrite> tensors = [.. reader.Entries.Select(entry =>
        {
            float[] values = new float[entry.Shape.Aggregate(1L, (product, size) => product * size)];
            reader.Read(entry.Name, values);
            return TensorToWrite.From(entry.Name, entry.Shape, values);
        })];
        if (model.Config.TieWordEmbeddings)
            tensors.Add(TensorToWrite.From("lm_head.weight", [model.Config.VocabSize, model.Config.HiddenSize], new float[model.Config.VocabSize * model.Config.HiddenSize]));
        tensors.Add(family == "gpt2"
            ? TensorToWrite.From("transformer.h.0.attn.bias", [1, 1, 4, 4], new float[16])
            : TensorToWrite.From("model.layers.0.self_attn.rotary_emb.inv_freq", [3], new float[3]));
        model.Config.Save(folder.File("shards"));
        Assert.True(SafetensorsWriter.WriteModel(folder.File("shards"), tensors, new SafetensorsWriteOptions { MaxShardBytes = 5000 }).Count > 4);
        using CausalModel loaded = CausalModel.Load(folder.File("shards"), device);
        Bits.AssertSame(Score(model), Score(loaded), family);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Files_of_the_model_without_its_head_leave_the_prefix_out(string family)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(FamilyCases.Config(family) with { TieWordEmbeddings = true }, device);
        model.Save(folder.File("whole"));
        using SafetensorsReader reader = SafetensorsReader.Open(folder.File("whole"));
        string prefix = ModelFamilies.Find(family)!.Prefix;
        TensorToWrite[] tensors = [.. reader.Entries.Select(entry =>
        {
            float[] values = new float[entry.Shape.Aggregate(1L, (product, size) => product * size)];
            reader.Read(entry.Name, values);
            return TensorToWrite.From(entry.Name[prefix.Length..], entry.Shape, values);
        })];
        model.Config.Save(folder.File("bare"));
        SafetensorsWriter.WriteModel(folder.File("bare"), tensors);
        using CausalModel loaded = CausalModel.Load(folder.File("bare"), device);
        Bits.AssertSame(Score(model), Score(loaded), family);
        loaded.Save(folder.File("again"));
        using SafetensorsReader again = SafetensorsReader.Open(folder.File("again"));
        Assert.Equal(tensors.Select(tensor => tensor.Name).Order(), again.Entries.Select(entry => entry.Name).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Weights_drawn_while_written_are_those_of_a_model_made_and_saved(string family)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(2);
        ModelConfig config = FamilyCases.Config(family);
        using (CausalModel model = CausalModel.Create(config, device, Seed.From(3)))
            model.Save(folder.File("made"));
        FreshWeights.Save(folder.File("drawn"), config, Seed.From(3), cancellation: TestContext.Current.CancellationToken);
        foreach (string file in (string[])[SafetensorsReader.SingleFileName, ModelConfig.FileName])
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("made"), file)), File.ReadAllBytes(Path.Combine(folder.File("drawn"), file)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_config_is_read_as_it_was_written(string family)
    {
        ModelConfig config = FamilyCases.Config(family) with { EosTokenIds = [3], HiddenActivation = Activation.GeluTanh };
        ModelConfig read = Samples.Parse(config.ToJson());
        Assert.Equal(config.ToJson(), read.ToJson());
        Assert.Equal((config.HiddenActivation, config.SlidingWindow, config.RotaryDim), (read.HiddenActivation, read.SlidingWindow, read.RotaryDim));
        Assert.Equal(config.RopeScaling, read.RopeScaling);
        Assert.Equal(
            ModelTensors.Of(config).Select(tensor => (tensor.Name, string.Join(' ', tensor.Shape))), ModelTensors.Of(read).Select(tensor => (tensor.Name, string.Join(' ', tensor.Shape))));
    }

    private static float[] Score(CausalModel model)
    {
        using Graph graph = new(model.Device, record: false);
        return model.LogProbs(graph, TokenBatch.PackAll([TinyModels.Tokens(Seed.From(1), 70, model.Config.VocabSize)])).LogProbs.ToArray();
    }
}
