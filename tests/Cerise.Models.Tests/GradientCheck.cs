using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests;

/// <summary>Gradients of a whole model against central differences of its float64 reference.</summary>
internal static class GradientCheck
{
    private const double Step = 1e-5;
    private const double RelativeError = 1e-3;
    private const int WeightsOfEach = 3;

    public static void AssertGradients(CausalModel model, PlainModel reference, Seed seed, TokenBatch batch, int[][] sequences, int[] skipped, float temperature)
    {
        Dictionary<string, float[]> gradients = Gradients(model, seed, batch, temperature);
        foreach ((string name, int index, double difference) in Differences(model, reference, seed, batch.Targets.Count, sequences, skipped, temperature))
        {
            double gradient = gradients[name][index];
            Assert.True(
                Math.Abs(difference - gradient) <= RelativeError * (Math.Abs(difference) + Scale(gradients[name])),
                $"'{name}', number {index}: the gradient is {gradient}, by differences {difference}");
        }
    }

    // Of the sum of c log p + d H over the scored tokens.
    public static Dictionary<string, float[]> Gradients(CausalModel model, Seed seed, TokenBatch batch, float temperature)
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
    public static IEnumerable<(string Name, int Index, double Difference)> Differences(
        CausalModel model, PlainModel reference, Seed seed, int scored, int[][] sequences, int[] skipped, float temperature)
    {
        float[] logProbWeights = Weights(seed, "log-probs", scored);
        float[] entropyWeights = Weights(seed, "entropies", scored);
        double Loss()
        {
            (double[] LogProbs, double[] Entropies)[] scores = [.. sequences.Select(ids => reference.Score(ids, temperature))];
            return scores.SelectMany((score, i) => score.LogProbs.Skip(skipped[i])).Zip(logProbWeights, (x, w) => x * w).Sum()
                + scores.SelectMany((score, i) => score.Entropies.Skip(skipped[i])).Zip(entropyWeights, (x, w) => x * w).Sum();
        }
        foreach (ExpectedTensor tensor in ModelTensors.Of(model.Config).Where(tensor => tensor.Layer != 0))
        {
            string name = tensor.Name;
            double[] weight = reference.Weights[name];
            for (int i = 0; i < WeightsOfEach; i++)
            {
                // In a table, a weight of a token or position that occurs: the others' gradients are 0 unless the head is tied.
                int index = tensor.Role switch
                {
                    TensorRole.TokenEmbedding => (sequences[2][i] * model.Config.HiddenSize) + (7 * i),
                    TensorRole.PositionEmbedding => (i * model.Config.HiddenSize) + (7 * i),
                    _ => seed.Fork(name).Below(i, weight.Length),
                };
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

    public static double Scale(float[] gradient) => Math.Sqrt(gradient.Average(g => (double)g * g));

    private static float[] Weights(Seed seed, string what, int count) => [.. Enumerable.Range(0, count).Select(i => (float)seed.Fork(what).Normal(i))];
}
