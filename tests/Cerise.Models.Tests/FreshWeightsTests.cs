using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.Models.Tests;

/// <summary>Weights drawn in memory and weights drawn while they are written.</summary>
public sealed class FreshWeightsTests
{
    private static readonly ModelConfig Config = new()
    {
        ModelType = "qwen2",
        HiddenSize = 24,
        IntermediateSize = 70,
        NumHiddenLayers = 2,
        NumAttentionHeads = 2,
        VocabSize = 3001,
        MaxPositionEmbeddings = 64,
        QkvBias = true,
    };

    [Fact]
    public void A_model_made_and_saved_has_the_bytes_of_one_drawn_while_written()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using var device = Device.Cpu(2);
        using (var model = CausalModel.Create(Config, device, Seed.From(3)))
            model.Save(folder.File("made"));
        FreshWeights.Save(folder.File("drawn"), Config, Seed.From(3), cancellation: TestContext.Current.CancellationToken);
        foreach (string file in (string[])[SafetensorsReader.SingleFileName, ModelConfig.FileName])
            Assert.Equal(File.ReadAllBytes(Path.Combine(folder.File("made"), file)), File.ReadAllBytes(Path.Combine(folder.File("drawn"), file)));
    }

    [Fact]
    public void Pieces_of_any_size_hold_the_same_numbers()
    {
        ExpectedTensor tensor = ModelTensors.Of(Config)[0];
        float[] whole = new float[tensor.ElementCount];
        FreshWeights.Fill(tensor, Config, Seed.From(1), 0, whole);
        float[] pieces = new float[whole.Length];
        for (int first = 0, size = 1; first < pieces.Length; first += size, size = (2 * size) + 1)
            FreshWeights.Fill(tensor, Config, Seed.From(1), first, pieces.AsSpan(first, Math.Min(size, pieces.Length - first)));
        Assert.Equal(whole, pieces);
    }

    [Fact]
    public void Matrices_are_normal_norms_one_and_biases_zero()
    {
        foreach (ExpectedTensor tensor in ModelTensors.Of(Config))
        {
            float[] values = new float[tensor.ElementCount];
            FreshWeights.Fill(tensor, Config, Seed.From(1), 0, values);
            if (tensor.Shape.Count == 1)
                Assert.All(values, value => Assert.Equal(tensor.Name.EndsWith(".bias", StringComparison.Ordinal) ? 0 : 1, value));
            else
                Assert.Equal(Config.InitializerRange, Math.Sqrt(values.Average(value => (double)value * value)), Config.InitializerRange * 0.1);
        }
    }

    [Fact]
    public void Cancellation_leaves_no_weights()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        CancellationToken cancelled = new(canceled: true);
        Assert.Throws<OperationCanceledException>(() => FreshWeights.Save(folder.Path, Config, Seed.From(1), cancellation: cancelled));
        Assert.Empty(Directory.EnumerateFiles(folder.Path));
    }
}
