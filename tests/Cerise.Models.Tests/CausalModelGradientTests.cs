using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;

namespace Cerise.Models.Tests;

/// <summary>Gradients of the whole model against central differences of the float64 reference.</summary>
public sealed class CausalModelGradientTests
{
    [Theory]
    [InlineData("llama", false, 0.7f)]
    [InlineData("llama", true, 1.6f)]
    [InlineData("qwen2", false, 1.6f)]
    [InlineData("qwen2", true, 0.7f)]
    public void Gradients_by_all_kinds_of_weights_match_differences_of_the_reference(string family, bool isTied, float temperature)
    {
        (Seed seed, ModelConfig config) = Case(family, isTied);
        int[][] sequences = [.. new[] { 3, 1, 12, 67 }.Select(length => TinyModels.Tokens(seed.Fork(length), length, config.VocabSize))];
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        GradientCheck.AssertGradients(model, DecoderReference.Of(model), seed, TokenBatch.PackAll(sequences), sequences, [.. sequences.Select(_ => 0)], temperature);
    }

    [Theory]
    [InlineData("llama", true, 3)]
    [InlineData("qwen2", false, 64)]
    [InlineData("llama", false, 67)]
    public void Gradients_through_a_shared_prompt_match_differences_of_the_reference(string family, bool isTied, int length)
    {
        (Seed seed, ModelConfig config) = Case(family, isTied);
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        (SequenceGroup group, int[][] sequences) = Group(seed, config, length);
        GradientCheck.AssertGradients(model, DecoderReference.Of(model), seed, TokenBatch.PackGroups([group]), sequences, [.. sequences.Select(_ => length - 1)], temperature: 0.9f);
    }

    // Summing what all completions give to the prompt before it is multiplied by the prompt's activations, or after: neither is nearer to the exact gradient.
    [Fact]
    public void A_shared_prompt_costs_the_gradient_no_precision()
    {
        (Seed seed, ModelConfig config) = Case("llama", false);
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        (SequenceGroup group, int[][] sequences) = Group(seed, config, 67);
        TokenBatch once = TokenBatch.PackGroups([group]);
        Dictionary<string, float[]> shared = GradientCheck.Gradients(model, seed, once, 0.9f);
        Dictionary<string, float[]> repeated = GradientCheck.Gradients(model, seed, Exactness.SharedPrefixTests.Repeated([group]), 0.9f);
        double ofShared = 0;
        double ofRepeated = 0;
        int count = 0;
        foreach ((string name, int index, double exact) in GradientCheck.Differences(model, DecoderReference.Of(model), seed, once.Targets.Count, sequences, [.. sequences.Select(_ => 66)], 0.9f))
        {
            double scale = GradientCheck.Scale(shared[name]);
            ofShared += Math.Pow((shared[name][index] - exact) / scale, 2);
            ofRepeated += Math.Pow((repeated[name][index] - exact) / scale, 2);
            count++;
            Assert.Equal(repeated[name][index] / scale, shared[name][index] / scale, 3e-6);
        }
        (ofShared, ofRepeated) = (Math.Sqrt(ofShared / count), Math.Sqrt(ofRepeated / count));
        Assert.InRange(ofShared, 0, 3e-6);
        Assert.InRange(ofShared, 0, 1.5 * ofRepeated);
    }

    // A prompt of some length with four completions, and their whole sequences.
    private static (SequenceGroup Group, int[][] Sequences) Group(Seed seed, ModelConfig config, int length)
    {
        int[] prompt = TinyModels.Tokens(seed.Fork("prompt"), length, config.VocabSize);
        int[][] completions = [.. new[] { 5, 1, 12, 3 }.Select(count => TinyModels.Tokens(seed.Fork(count), count, config.VocabSize))];
        SequenceGroup group = new(prompt, [.. completions.Select(ids => ((IReadOnlyList<int>)ids, (IReadOnlyList<bool>)[.. ids.Select(_ => true)]))]);
        return (group, [.. completions.Select(ids => (int[])[.. prompt, .. ids])]);
    }

    private static (Seed Seed, ModelConfig Config) Case(string family, bool isTied)
    {
        Seed seed = Seed.From(50 + (isTied ? 1 : 0));
        ModelConfig config = new()
        {
            ModelType = family,
            HiddenSize = 21,
            IntermediateSize = 19,
            NumHiddenLayers = 2,
            NumAttentionHeads = 6,
            NumKeyValueHeads = 2,
            HeadDim = 6,
            VocabSize = 37,
            MaxPositionEmbeddings = 100,
            RopeScaling = new RopeScaling.Yarn(2, 16),
            TieWordEmbeddings = isTied,
            QkvBias = true,
            AttentionOutputBias = family == "llama",
            MlpBias = family == "llama",
        };
        return (seed, config);
    }
}
