using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests.Exactness;

/// <summary>What is kept for the backward pass may be less, or rounded: log-probabilities keep their bits, and gradients what is promised of them.</summary>
public sealed class ActivationMemoryTests
{
    private static readonly int[] Lengths = [3, 130, 1, 64, 17];

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Checkpoints_change_no_bit_of_log_probabilities_and_gradients(int number)
    {
        ModelConfig config = TinyModels.Config(Seed.From(700 + number));
        (float[] logProbs, Dictionary<string, float[]> gradients) = Train(config, ActivationMemory.Float32);
        (float[] logProbsAgain, Dictionary<string, float[]> gradientsAgain) = Train(config, ActivationMemory.Checkpoints);
        Bits.AssertSame(logProbs, logProbsAgain, $"{config}: log-probabilities");
        foreach ((string name, float[] gradient) in gradients)
            Bits.AssertSame(gradient, gradientsAgain[name], $"{config}: gradient of '{name}'");
    }

    // Rounding to 8 bits is off by 2^-9 at most, of each number that a product reads; sums of many average it out.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bfloat16_activations_keep_log_probabilities_and_move_gradients_by_a_hundredth_at_most(int number)
    {
        ModelConfig config = TinyModels.Config(Seed.From(700 + number));
        (float[] logProbs, Dictionary<string, float[]> gradients) = Train(config, ActivationMemory.Float32);
        (float[] logProbsAgain, Dictionary<string, float[]> rounded) = Train(config, ActivationMemory.Bfloat16);
        Bits.AssertSame(logProbs, logProbsAgain, $"{config}: log-probabilities");
        double difference = Math.Sqrt(gradients.Sum(pair => pair.Value.Zip(rounded[pair.Key], (a, b) => Math.Pow(a - b, 2)).Sum()));
        double norm = Math.Sqrt(gradients.Sum(pair => pair.Value.Sum(g => (double)g * g)));
        Assert.InRange(difference, double.Epsilon, 0.01 * norm);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Bfloat16_gradients_depend_neither_on_threads_nor_on_micro_batches(int number)
    {
        ModelConfig config = TinyModels.Config(Seed.From(700 + number));
        (_, Dictionary<string, float[]> whole) = Train(config, ActivationMemory.Bfloat16);
        (_, Dictionary<string, float[]> oneByOne) = Train(config, ActivationMemory.Bfloat16, threads: 3, sequencesAtOnce: 1);
        foreach ((string name, float[] gradient) in whole)
            Bits.AssertSame(gradient, oneByOne[name], $"{config}: gradient of '{name}'");
    }

    [Fact]
    public void Each_way_holds_less_than_the_one_before()
    {
        ModelConfig config = TinyModels.Config(Seed.From(1)) with { NumHiddenLayers = 12 };
        long Held(ActivationMemory activations)
        {
            using Device device = Device.Cpu(1);
            using CausalModel model = TinyModels.New(config, device);
            model.RequireGradients();
            using Graph graph = new(device, record: true, activations);
            TokenBatch batch = TokenBatch.PackAll([TinyModels.Tokens(Seed.From(2), 200, config.VocabSize)]);
            graph.Backward(model.LogProbs(graph, batch).LogProbs.Dot(new float[199]));
            long first = graph.PeakBytes;
            graph.Reset();
            graph.Backward(model.LogProbs(graph, batch).LogProbs.Dot(new float[199]));
            Assert.Equal(first, graph.PeakBytes);
            return first;
        }
        long whole = Held(ActivationMemory.Float32);
        long rounded = Held(ActivationMemory.Bfloat16);
        long checkpoints = Held(ActivationMemory.Checkpoints);
        Assert.True(rounded < 0.7 * whole, $"{rounded} of {whole} bytes");
        Assert.True(checkpoints < 0.35 * whole, $"{checkpoints} of {whole} bytes");
    }

    private static (float[] LogProbs, Dictionary<string, float[]> Gradients) Train(
        ModelConfig config, ActivationMemory activations, int threads = 2, int sequencesAtOnce = 5)
    {
        Seed seed = Seed.From(config.VocabSize).Fork("tokens");
        int[][] sequences = [.. Lengths.Select(length => TinyModels.Tokens(seed.Fork(length), length, config.VocabSize))];
        using Device device = Device.Cpu(threads);
        using CausalModel model = TinyModels.New(config, device);
        model.RequireGradients();
        using Graph graph = new(device, record: true, activations);
        List<float> all = [];
        foreach (int[][] part in sequences.Chunk(sequencesAtOnce))
        {
            TokenBatch batch = TokenBatch.PackAll(part);
            if (batch.Targets.Count == 0)
                continue;
            Tensor logProbs = model.LogProbs(graph, batch, 0.8f).LogProbs;
            float[] weights = [.. batch.Targets.Values.ToArray().Select((target, i) => (float)seed.Fork("weights").Normal(target))];
            all.AddRange(logProbs.ToArray());
            graph.Backward(logProbs.Dot(weights));
            graph.Reset();
        }
        return ([.. all], model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(parameter.Gradient!)));
    }
}
