using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests;

/// <summary>Gradients of the whole model against central differences of the float64 reference.</summary>
public sealed class CausalModelGradientTests
{
    private const double Step = 1e-5;
    private const double RelativeError = 1e-3;
    private const int WeightsOfEach = 3;

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
        AssertGradients(model, seed, TokenBatch.PackAll(sequences), sequences, [.. sequences.Select(_ => 0)], temperature);
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
        AssertGradients(model, seed, TokenBatch.PackGroups([group]), sequences, [.. sequences.Select(_ => length - 1)], temperature: 0.9f);
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
        Dictionary<string, float[]> shared = Gradients(model, seed, once, 0.9f);
        Dictionary<string, float[]> repeated = Gradients(model, seed, Exactness.SharedPrefixTests.Repeated([group]), 0.9f);
        double ofShared = 0;
        double ofRepeated = 0;
        int count = 0;
        foreach ((string name, int index, double exact) in Differences(model, seed, once.Targets.Count, sequences, [.. sequences.Select(_ => 66)], 0.9f))
        {
            double scale = Scale(shared[name]);
            ofShared += Math.Pow((shared[name][index] - exact) / scale, 2);
            ofRepeated += Math.Pow((repeated[name][index] - exact) / scale, 2);
            count++;
            Assert.Equal(repeated[name][index] / scale, shared[name][index] / scale, 3e-6);
        }
        (ofShared, ofRepeated) = (Math.Sqrt(ofShared / count), Math.Sqrt(ofRepeated / count));
        Assert.InRange(ofShared, 0, 3e-6);
        Assert.InRange(ofShared, 0, 1.5 * ofRepeated);
    }

    private static void AssertGradients(CausalModel model, Seed seed, TokenBatch batch, int[][] sequences, int[] skipped, float temperature)
    {
        Dictionary<string, float[]> gradients = Gradients(model, seed, batch, temperature);
        foreach ((string name, int index, double difference) in Differences(model, seed, batch.Targets.Count, sequences, skipped, temperature))
        {
            double gradient = gradients[name][index];
            Assert.True(
                Math.Abs(difference - gradient) <= RelativeError * (Math.Abs(difference) + Scale(gradients[name])),
                $"'{name}', number {index}: the gradient is {gradient}, by differences {difference}");
        }
    }

    // Of the sum of c log p + d H over the scored tokens.
    private static Dictionary<string, float[]> Gradients(CausalModel model, Seed seed, TokenBatch batch, float temperature)
    {
        model.RequireGradients();
        foreach (Parameter parameter in model.Parameters)
            parameter.ZeroGradient();
        using Graph graph = new(model.Device, record: true);
        (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, batch, temperature);
        graph.Backward(logProbs.Dot(Weights(seed, "log-probs", batch.Targets.Count)) + entropies.Dot(Weights(seed, "entropies", batch.Targets.Count)));
        return model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(parameter.Gradient!));
    }

    // The same by central differences, for some weights of every kind. Of each sequence the first scores may be skipped.
    private static IEnumerable<(string Name, int Index, double Difference)> Differences(
        CausalModel model, Seed seed, int scored, int[][] sequences, int[] skipped, float temperature)
    {
        DecoderReference reference = DecoderReference.Of(model);
        float[] logProbWeights = Weights(seed, "log-probs", scored);
        float[] entropyWeights = Weights(seed, "entropies", scored);
        double Loss()
        {
            (double[] LogProbs, double[] Entropies)[] scores = [.. sequences.Select(ids => reference.Score(ids, temperature))];
            return scores.SelectMany((score, i) => score.LogProbs.Skip(skipped[i])).Zip(logProbWeights, (x, w) => x * w).Sum()
                + scores.SelectMany((score, i) => score.Entropies.Skip(skipped[i])).Zip(entropyWeights, (x, w) => x * w).Sum();
        }
        foreach (string name in model.Parameters.Select(parameter => parameter.Name).Where(name => !name.Contains("layers.0", StringComparison.Ordinal)))
        {
            double[] weight = reference.Weights[name];
            for (int i = 0; i < WeightsOfEach; i++)
            {
                // In the embedding, a weight of a token that occurs: the others' gradients are 0 unless the head is tied.
                bool isEmbedding = name == "model.embed_tokens.weight";
                int index = isEmbedding ? (sequences[2][i] * model.Config.HiddenSize) + (7 * i) : seed.Fork(name).Below(i, weight.Length);
                double kept = weight[index];
                weight[index] = kept + Step;
                double above = Loss();
                weight[index] = kept - Step;
                double below = Loss();
                weight[index] = kept;
                yield return (name, index, (above - below) / (2 * Step));
            }
        }
    }

    // A prompt of some length with four completions, and their whole sequences.
    private static (SequenceGroup Group, int[][] Sequences) Group(Seed seed, ModelConfig config, int length)
    {
        int[] prompt = TinyModels.Tokens(seed.Fork("prompt"), length, config.VocabSize);
        int[][] completions = [.. new[] { 5, 1, 12, 3 }.Select(count => TinyModels.Tokens(seed.Fork(count), count, config.VocabSize))];
        SequenceGroup group = new(prompt, [.. completions.Select(ids => ((IReadOnlyList<int>)ids, (IReadOnlyList<bool>)[.. ids.Select(_ => true)]))]);
        return (group, [.. completions.Select(ids => (int[])[.. prompt, .. ids])]);
    }

    private static float[] Weights(Seed seed, string what, int count) => [.. Enumerable.Range(0, count).Select(i => (float)seed.Fork(what).Normal(i))];

    private static double Scale(float[] gradient) => Math.Sqrt(gradient.Average(g => (double)g * g));

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
