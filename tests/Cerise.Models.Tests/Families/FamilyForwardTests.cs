using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Tests.Families;

/// <summary>Every family's forward pass and gradients against its paper in float64.</summary>
public sealed class FamilyForwardTests
{
    private const double Tolerance = 1e-5;

    public static TheoryData<string> Names => FamilyCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void Log_probabilities_and_entropies_are_those_of_the_paper_in_float64(string family)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = FamilyCases.NewModel(family, device);
        PlainModel reference = FamilyCases.Reference(model);
        int[][] sequences = FamilyCases.Sequences(family, 1, 2, 64, 65, 130);
        using Graph graph = new(device, record: false);
        (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, TokenBatch.PackAll(sequences), 1.3f);
        (double[] LogProbs, double[] Entropies)[] expected = [.. sequences.Select(ids => reference.Score(ids, 1.3f))];
        AssertClose([.. expected.SelectMany(sequence => sequence.LogProbs)], logProbs.ToArray(), "log-probability");
        AssertClose([.. expected.SelectMany(sequence => sequence.Entropies)], entropies.ToArray(), "entropy");
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Gradients_by_all_kinds_of_weights_match_differences_of_the_reference(string family)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = FamilyCases.NewModel(family, device, layers: 2);
        int[][] sequences = FamilyCases.Sequences(family, 3, 1, 12, 40);
        GradientCheck.AssertGradients(
            model, FamilyCases.Reference(model), Seed.From(3), TokenBatch.PackAll(sequences), sequences, [.. sequences.Select(_ => 0)], 0.8f);
    }

    [Theory]
    [InlineData("llama", Activation.QuickGelu)]
    [InlineData("llama", Activation.Relu)]
    [InlineData("llama", Activation.ReluSquared)]
    [InlineData("gpt2", Activation.Silu)]
    [InlineData("gpt2", Activation.QuickGelu)]
    [InlineData("gpt2", Activation.Relu)]
    [InlineData("gpt2", Activation.ReluSquared)]
    public void Other_functions_inside_the_feed_forward_layer_are_computed_and_differentiated(string family, Activation activation)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(FamilyCases.Config(family, layers: 2) with { HiddenActivation = activation }, device, Seed.From(8));
        PlainModel reference = FamilyCases.Reference(model);
        int[][] sequences = FamilyCases.Sequences(family, 3, 2, 12);
        using (Graph graph = new(device, record: false))
            AssertClose([.. sequences.SelectMany(ids => reference.Score(ids, 1).LogProbs)], model.LogProbs(graph, TokenBatch.PackAll(sequences)).LogProbs.ToArray(), "log-probability");
        GradientCheck.AssertGradients(model, reference, Seed.From(4), TokenBatch.PackAll(sequences), sequences, [.. sequences.Select(_ => 0)], 1);
        Assert.Equal(activation, ModelConfig.Parse(System.Text.Encoding.UTF8.GetBytes(model.Config.ToJson()), "config.json").HiddenActivation);
    }

    private static void AssertClose(double[] expected, float[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * (1 + Math.Abs(expected[i])), $"{what}: number {i} is {actual[i]}, exactly {expected[i]}");
    }
}
