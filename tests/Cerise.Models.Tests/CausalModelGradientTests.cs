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
        int[][] sequences = [.. new[] { 3, 1, 12, 67 }.Select(length => TinyModels.Tokens(seed.Fork(length), length, config.VocabSize))];
        int scored = sequences.Sum(ids => ids.Length - 1);
        float[] logProbWeights = [.. Enumerable.Range(0, scored).Select(i => (float)seed.Fork("log-probs").Normal(i))];
        float[] entropyWeights = [.. Enumerable.Range(0, scored).Select(i => (float)seed.Fork("entropies").Normal(i))];

        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        model.RequireGradients();
        using Graph graph = new(device, record: true);
        (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, TokenBatch.PackAll(sequences), temperature);
        graph.Backward(logProbs.Dot(logProbWeights) + entropies.Dot(entropyWeights));

        DecoderReference reference = DecoderReference.Of(model);
        double Loss()
        {
            (double[] LogProbs, double[] Entropies)[] scores = [.. sequences.Select(ids => reference.Score(ids, temperature))];
            return scores.SelectMany(score => score.LogProbs).Zip(logProbWeights, (x, w) => x * w).Sum()
                + scores.SelectMany(score => score.Entropies).Zip(entropyWeights, (x, w) => x * w).Sum();
        }
        foreach (Parameter parameter in model.Parameters.Where(parameter => !parameter.Name.Contains("layers.0", StringComparison.Ordinal)))
        {
            float[] gradient = parameter.ToArray(parameter.Gradient!);
            double scale = Math.Sqrt(gradient.Average(g => (double)g * g));
            double[] weight = reference.Weights[parameter.Name];
            for (int i = 0; i < WeightsOfEach; i++)
            {
                // In the embedding, a weight of a token that occurs: the others' gradients are 0 unless the head is tied.
                bool isEmbedding = parameter.Name == "model.embed_tokens.weight";
                int index = isEmbedding ? (sequences[3][i] * config.HiddenSize) + (7 * i) : seed.Fork(parameter.Name).Below(i, weight.Length);
                double kept = weight[index];
                weight[index] = kept + Step;
                double above = Loss();
                weight[index] = kept - Step;
                double below = Loss();
                weight[index] = kept;
                double difference = (above - below) / (2 * Step);
                Assert.True(
                    Math.Abs(difference - gradient[index]) <= RelativeError * (Math.Abs(difference) + scale),
                    $"'{parameter.Name}', number {index}: the gradient is {gradient[index]}, by differences {difference}");
            }
        }
    }
}
