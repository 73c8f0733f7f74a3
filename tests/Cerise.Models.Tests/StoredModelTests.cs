using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Models.Generation;
using Cerise.Models.Tests.Exactness;
using Cerise.Models.Tests.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Testing;

namespace Cerise.Models.Tests;

/// <summary>Models whose weights are stored in 16 bits.</summary>
public sealed class StoredModelTests
{
    public static TheoryData<DType, int> Scenarios => new MatrixTheoryData<DType, int>([DType.Bfloat16, DType.Float16], [0, 1, 2]);

    // On every vector level: the widest and the narrowest must widen alike.
    [Theory]
    [MemberData(nameof(Scenarios))]
    public void A_stored_model_is_the_float32_model_of_the_rounded_weights(DType dtype, int number)
    {
        Scenario scenario = Scenario.From(number);
        foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best))
        {
            using Device device = Device.Cpu(2, level);
            using CausalModel model = scenario.NewModel(device);
            using CausalModel stored = model.Clone(dtype);
            using CausalModel rounded = stored.Clone(DType.Float32);
            foreach ((Parameter weight, Parameter kept) in model.Parameters.Zip(stored.Parameters))
                Bits.AssertSame(weight.ToArray().Select(value => dtype.Round(value)), kept.ToArray(), weight.Name);
            int[][] sequences = [.. scenario.Requests.Select(request => request.PromptIds.Append(1).ToArray())];
            Bits.AssertSame(Score(rounded, sequences), Score(stored, sequences), $"scenario {number}, {dtype.Name()} on {device.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Scenarios))]
    public void Sampling_and_scoring_agree_to_the_bit(DType dtype, int number)
    {
        Scenario scenario = Scenario.From(number);
        using Device device = Device.Cpu(2);
        using CausalModel model = scenario.NewModel(device);
        using CausalModel stored = model.Clone(dtype);
        IReadOnlyList<IReadOnlyList<Completion>> completions = new Generator(stored).Sample(scenario.Requests, scenario.Options);
        using CausalModel rounded = stored.Clone(DType.Float32);
        foreach (CausalModel scored in (CausalModel[])[stored, rounded])
        {
            using Graph graph = new(device, record: false);
            float[] recomputed = scored.LogProbs(graph, TokenBatch.Pack([.. scenario.Sequences(completions)]), scenario.ScoredTemperature).LogProbs.ToArray();
            Bits.AssertSame(completions.SelectMany(group => group).SelectMany(completion => completion.LogProbs), recomputed, $"scenario {number}, {scored.DType.Name()}");
        }
    }

    [Theory]
    [InlineData(SafetensorsDType.F32)]
    [InlineData(SafetensorsDType.BF16)]
    [InlineData(SafetensorsDType.F16)]
    public void A_folder_is_loaded_in_the_type_asked_for_and_saved_in_the_one_it_has(SafetensorsDType inFile)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(TinyModels.Config(Seed.From(3)), device);
        model.Save(folder.File("files"), inFile);
        using CausalModel read = CausalModel.Load(folder.File("files"), device);
        Assert.Equal(DType.Float32, read.DType);
        using CausalModel asInConfig = CausalModel.Load(folder.File("files"), device, dtype: null);
        Assert.Equal(inFile.InMemory(), asInConfig.DType);
        asInConfig.Save(folder.File("again"));
        foreach (string file in (string[])["config.json", "model.safetensors"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("files"), file)), File.ReadAllBytes(Path.Combine(folder.File("again"), file)));

        foreach (DType dtype in Enum.GetValues<DType>())
        {
            using CausalModel stored = CausalModel.Load(folder.File("files"), device, dtype: dtype);
            Assert.Equal(dtype, stored.DType);
            foreach ((Parameter numbers, Parameter kept) in read.Parameters.Zip(stored.Parameters))
                Bits.AssertSame(numbers.ToArray().Select(value => dtype.Round(value)), kept.ToArray(), numbers.Name);
            stored.Save(folder.File(dtype.Name()));
            Assert.Equal(dtype == DType.Float32 ? inFile : dtype.InFile(), ModelConfig.Load(folder.File(dtype.Name())).DType);
        }
    }

    [Fact]
    public void A_config_without_a_type_is_loaded_as_float32()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(TinyModels.Config(Seed.From(3)), device);
        model.Save(folder.Path, SafetensorsDType.BF16);
        model.Config.Save(folder.Path);
        Assert.Null(model.Config.DType);
        using CausalModel loaded = CausalModel.Load(folder.Path, device, dtype: null);
        Assert.Equal(DType.Float32, loaded.DType);
    }

    [Fact]
    public void Fresh_weights_are_drawn_and_rounded()
    {
        using Device device = Device.Cpu(1);
        ModelConfig config = TinyModels.Config(Seed.From(5));
        using CausalModel wide = CausalModel.Create(config, device, Seed.From(1));
        using CausalModel stored = CausalModel.Create(config, device, Seed.From(1), DType.Bfloat16);
        foreach ((Parameter drawn, Parameter kept) in wide.Parameters.Zip(stored.Parameters))
            Bits.AssertSame(drawn.ToArray().Select(value => DType.Bfloat16.Round(value)), kept.ToArray(), drawn.Name);
    }

    [Fact]
    public void A_number_beyond_float16_names_file_tensor_and_remedy()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(TinyModels.Config(Seed.From(3)), device);
        Parameter embedding = model.Parameters[0];
        float[] row = new float[embedding.Shape.Columns];
        row[2] = 1e6f;
        embedding.SetRows(4, row);
        model.Save(folder.Path);
        CheckpointException error = Assert.Throws<CheckpointException>(() => CausalModel.Load(folder.Path, device, dtype: DType.Float16));
        Assert.Equal(
            $"{folder.File("model.safetensors")}: 'model.embed_tokens.weight' [4, 2] is 1000000, beyond float16's largest number, 65504: store it as bfloat16 or float32.",
            error.Message);
        Assert.Equal(embedding.Name, error.Tensor);
    }

    [Fact]
    public void A_stored_model_is_not_trained()
    {
        using Device device = Device.Cpu(1);
        using CausalModel stored = CausalModel.Create(TinyModels.Config(Seed.From(5)), device, Seed.From(1), DType.Bfloat16);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(stored.RequireGradients);
        Assert.Contains("training needs float32 weights", error.Message, StringComparison.Ordinal);
    }

    private static float[] Score(CausalModel model, int[][] sequences)
    {
        using Graph graph = new(model.Device, record: false);
        (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, TokenBatch.PackAll(sequences), 0.7f);
        return [.. logProbs.ToArray(), .. entropies.ToArray()];
    }
}
