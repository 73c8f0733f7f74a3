using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Testing;

namespace Cerise.Models.Tests;

public sealed class CausalModelFilesTests
{
    public static TheoryData<string, bool, SafetensorsDType> Kinds => new MatrixTheoryData<string, bool, SafetensorsDType>(
        ["llama", "qwen2"], [false, true], [SafetensorsDType.F32, SafetensorsDType.BF16, SafetensorsDType.F16]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_saved_model_is_loaded_again_with_weights_rounded_once(string family, bool isTied, SafetensorsDType dtype)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        ModelConfig config = Config(family, isTied);
        using CausalModel model = TinyModels.New(config, device);
        model.Save(folder.File("first"), dtype);
        using CausalModel loaded = CausalModel.Load(folder.File("first"), device);
        Assert.Equal(model.Parameters.Select(saved => (saved.Name, saved.Shape)), loaded.Parameters.Select(read => (read.Name, read.Shape)));
        Assert.Equal((config with { DType = dtype }).ToJson(), loaded.Config.ToJson());
        foreach ((Parameter saved, Parameter read) in model.Parameters.Zip(loaded.Parameters))
            Bits.AssertSame(saved.ToArray().Select(weight => Rounded(weight, dtype)), read.ToArray(), saved.Name);

        loaded.Save(folder.File("second"));
        foreach (string file in new[] { "config.json", "model.safetensors" })
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("first"), file)), File.ReadAllBytes(Path.Combine(folder.File("second"), file)));
    }

    [Theory]
    [InlineData("llama", false)]
    [InlineData("qwen2", true)]
    public void A_model_in_shards_scores_as_the_whole_one(string family, bool isTied)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Config(family, isTied), device);
        model.Config.Save(folder.Path);
        TensorToWrite[] tensors =
            [.. model.Parameters.Select(weight => CausalModel.ToWrite(weight, weight.Value, weight.Name, SafetensorsDType.F32))];
        Assert.True(SafetensorsWriter.WriteModel(folder.Path, tensors, new SafetensorsWriteOptions { MaxShardBytes = 3000 }).Count > 4);
        using CausalModel loaded = CausalModel.Load(folder.Path, device);
        Bits.AssertSame(Score(model), Score(loaded), "log-probabilities");
    }

    [Fact]
    public void A_model_said_to_be_float64_is_saved_as_float32()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Config("llama", isTied: true) with { DType = SafetensorsDType.F64 }, device);
        model.Save(folder.Path);
        using CausalModel loaded = CausalModel.Load(folder.Path, device);
        Assert.Equal(SafetensorsDType.F32, loaded.Config.DType);
        FreshWeights.Save(folder.File("fresh"), model.Config, Seed.From(1), cancellation: TestContext.Current.CancellationToken);
        Assert.Equal(SafetensorsDType.F32, ModelConfig.Load(folder.File("fresh")).DType);
        Bits.AssertSame(Score(model), Score(loaded), "log-probabilities");
    }

    [Fact]
    public void A_smaller_context_than_the_models_may_be_asked_for()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(Config("llama", isTied: false), device);
        model.Save(folder.Path);
        using CausalModel loaded = CausalModel.Load(folder.Path, device, contextLength: 12);
        Assert.Equal((12, model.ContextLength), (loaded.ContextLength, loaded.Config.MaxPositionEmbeddings));
        using Graph graph = new(device, record: false);
        loaded.LogProbs(graph, TokenBatch.PackAll([new int[12]]));
        Assert.Throws<ShapeException>(() => loaded.LogProbs(graph, TokenBatch.PackAll([new int[13]])));
        Assert.Throws<ArgumentOutOfRangeException>(() => CausalModel.Load(folder.Path, device, contextLength: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => CausalModel.Load(folder.Path, device, contextLength: -5));
    }

    [Fact]
    public void A_save_that_fails_leaves_the_folder_as_it_was()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        File.WriteAllText(folder.File("config.json"), "the config of another model");
        Directory.CreateDirectory(folder.File("model.safetensors"));                   // a folder in the file's place: the move fails
        using CausalModel model = TinyModels.New(Config("llama", isTied: false), device);
        Assert.Throws<CheckpointException>(() => model.Save(folder.Path));
        Assert.Equal("the config of another model", File.ReadAllText(folder.File("config.json")));
        Assert.Equal(2, Directory.GetFileSystemEntries(folder.Path).Length);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_one_clear_error()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        File.WriteAllText(folder.File("taken"), "");
        using CausalModel model = TinyModels.New(Config("llama", isTied: false), device);
        Assert.Throws<CheckpointException>(() => model.Save(folder.File("taken")));
        Assert.Throws<CheckpointException>(() => model.Save(Path.Combine(folder.File("taken"), "below")));
    }

    [Theory]
    [InlineData(20_001, 7)]
    [InlineData(3, 65_537)]
    [InlineData(2, 100_000)]
    [InlineData(131_073, 1)]
    [InlineData(64, 1024)]
    public void Rows_that_do_not_divide_the_pieces_of_a_file_are_written_and_read_whole(int rows, int columns)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        foreach (ParameterLayout layout in Enum.GetValues<ParameterLayout>())
        {
            using Parameter parameter = new(device, "w", columns == 1 ? new Shape(rows) : new Shape(rows, columns), layout);
            using Parameter other = new(device, "w", parameter.Shape, layout);
            float[] values = [.. Enumerable.Range(0, rows * columns).Select(i => (float)i)];
            parameter.SetRows(0, values);
            string file = folder.File("state.safetensors");
            SafetensorsWriter.Write(file, [CausalModel.ToWrite(parameter, parameter.Value, "state", SafetensorsDType.F32)]);
            using SafetensorsReader reader = SafetensorsReader.Open(file);
            float[] written = new float[values.Length];
            reader.Read("state", written);
            Bits.AssertSame(values, written, $"{layout}, written");
            CausalModel.Read(other, other.Value, reader, "state");
            Bits.AssertSame(values, other.ToArray(), $"{layout}, read");
        }
    }

    [Fact]
    public void Loading_and_saving_hold_no_second_copy_of_the_weights()
    {
        const long pieces = 10 << 20;
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        ModelConfig config = Config("llama", isTied: true) with
        {
            HiddenSize = 512,
            IntermediateSize = 1376,
            HeadDim = 64,
            NumAttentionHeads = 8,
            VocabSize = 1001,
        };
        using CausalModel model = CausalModel.Create(config, device, Seed.From(1));
        Assert.True(model.ParameterCount * sizeof(float) > 2 * pieces);
        long before = GC.GetAllocatedBytesForCurrentThread();
        model.Save(folder.Path);
        long saved = GC.GetAllocatedBytesForCurrentThread();
        using CausalModel loaded = CausalModel.Load(folder.Path, device);
        long read = GC.GetAllocatedBytesForCurrentThread();
        Assert.InRange(saved - before, 0, pieces);
        Assert.InRange(read - saved, 0, pieces);
    }

    [Fact]
    public void Fresh_weights_have_the_configs_deviation_and_depend_on_seed_and_name_alone()
    {
        ModelConfig config = Config("qwen2", isTied: false) with { HiddenSize = 60, InitializerRange = 0.03 };
        using Device one = Device.Cpu(1);
        using Device three = Device.Cpu(3);
        using CausalModel model = CausalModel.Create(config, one, Seed.From(5));
        using CausalModel same = CausalModel.Create(config, three, Seed.From(5));
        using CausalModel other = CausalModel.Create(config, one, Seed.From(6));
        foreach (Parameter parameter in model.Parameters)
        {
            float[] weights = parameter.ToArray();
            Bits.AssertSame(weights, same.Parameter(parameter.Name).ToArray(), parameter.Name);
            if (parameter.Layout == ParameterLayout.Plain)
            {
                Assert.All(weights, weight => Assert.Equal(parameter.Name.EndsWith("bias", StringComparison.Ordinal) ? 0 : 1, weight));
                continue;
            }
            Assert.NotEqual(weights, other.Parameter(parameter.Name).ToArray());
            Assert.Equal(0.03, Math.Sqrt(weights.Average(weight => (double)weight * weight)), 0.006);
            Assert.Equal(0, weights.Average(), 0.006);
        }
        float[] gate = model.Parameter("model.layers.0.mlp.gate_proj.weight").ToArray();
        Assert.NotEqual(gate, model.Parameter("model.layers.0.mlp.up_proj.weight").ToArray());
        Assert.NotEqual(gate, model.Parameter("model.layers.1.mlp.gate_proj.weight").ToArray());
    }

    [Fact]
    public void The_number_of_weights_counts_a_tied_head_once()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = Config("llama", isTied: true);
        using CausalModel tied = CausalModel.Create(config, device, Seed.From(1));
        using CausalModel untied = CausalModel.Create(config with { TieWordEmbeddings = false }, device, Seed.From(1));
        Assert.Equal(ModelTensors.ParameterCount(config), tied.ParameterCount);
        Assert.Equal((long)config.VocabSize * config.HiddenSize, untied.ParameterCount - tied.ParameterCount);
    }

    private static ModelConfig Config(string family, bool isTied) => new()
    {
        ModelType = family,
        HiddenSize = 20,
        IntermediateSize = 33,
        NumHiddenLayers = 2,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        HeadDim = 6,
        VocabSize = 71,
        MaxPositionEmbeddings = 80,
        RopeScaling = new RopeScaling.Llama3(8, 1, 4, 32),
        TieWordEmbeddings = isTied,
        QkvBias = true,
        AttentionOutputBias = family == "llama",
        MlpBias = family == "llama",
        EosTokenIds = [3],
    };

    private static float[] Score(CausalModel model)
    {
        using Graph graph = new(model.Device, record: false);
        return model.LogProbs(graph, TokenBatch.PackAll([TinyModels.Tokens(Seed.From(1), 70, model.Config.VocabSize)])).LogProbs.ToArray();
    }

    // To nearest, ties to even: 8 significant bits for bfloat16, 11 for float16 but no finer than its least number, 2^-24.
    private static float Rounded(float weight, SafetensorsDType dtype)
    {
        if (dtype == SafetensorsDType.F32 || weight == 0)
            return weight;
        double unit = Math.Pow(2, Math.Floor(Math.Log2(Math.Abs((double)weight))) - (dtype == SafetensorsDType.BF16 ? 7 : 10));
        if (dtype == SafetensorsDType.F16)
            unit = Math.Max(unit, Math.Pow(2, -24));
        return (float)(Math.Round(weight / unit, MidpointRounding.ToEven) * unit);
    }
}
