using Cerise.Models.Generation;
using Cerise.Models.Tests.Generation;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests.Families;

/// <summary>The exactness rules, for every family.</summary>
public sealed class FamilyExactnessTests
{
    public static TheoryData<string> Names => FamilyCases.Names;

    [Theory]
    [MemberData(nameof(Names))]
    public void What_was_recorded_while_sampling_is_recomputed_bit_for_bit(string family)
    {
        SamplingOptions options = new() { Temperature = 0.9f, MaxNewTokens = 40, MaxBatchSize = 5 };
        GenerationRequest[] requests =
            [.. FamilyCases.Sequences(family, 1, 63, 64, 100).Select((prompt, i) => new GenerationRequest(prompt, 1 + (2 * (i % 2)), Seed.From(i)))];
        using Device two = Device.Cpu(2);
        using CausalModel sampled = FamilyCases.NewModel(family, two);
        IReadOnlyList<IReadOnlyList<Completion>> completions = new Generator(sampled).Sample(requests, options);
        foreach ((int threads, SimdLevel level) in Levels().Select((level, i) => (1 + (i % 3), level)))
        {
            using Device device = Device.Cpu(threads, level);
            using CausalModel model = FamilyCases.NewModel(family, device);
            model.RequireGradients();
            using Graph graph = new(device, record: true);
            (IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)[] sequences =
            [
                .. requests.Zip(completions).SelectMany(pair => pair.Second.Select(completion => (
                    (IReadOnlyList<int>)[.. pair.First.PromptIds, .. completion.Ids],
                    (IReadOnlyList<bool>)[.. pair.First.PromptIds.Select(_ => false), .. completion.Ids.Select(_ => true)]))),
            ];
            float[] recomputed = model.LogProbs(graph, TokenBatch.Pack(sequences), options.Temperature).LogProbs.ToArray();
            Bits.AssertSame(completions.SelectMany(group => group).SelectMany(completion => completion.LogProbs), recomputed, $"{family}, {device.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Scores_and_gradients_depend_neither_on_batch_mates_nor_threads_nor_vector_width(string family)
    {
        int[][] sequences = FamilyCases.Sequences(family, 65, 2, 130, 17);
        Result? expected = null;
        foreach ((int threads, SimdLevel level) in Levels().SelectMany(level => (int[])[1, 3], (level, threads) => (threads, level)))
        {
            using Device device = Device.Cpu(threads, level);
            Result whole = Train(family, device, sequences, sequencesAtOnce: 4);
            Result oneByOne = Train(family, device, sequences, sequencesAtOnce: 1);
            whole.AssertSame(oneByOne, $"{family}, {device.Name}, one by one");
            expected ??= whole;
            expected.AssertSame(whole, $"{family}, {device.Name}");
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Checkpointed_activations_change_no_bit(string family)
    {
        int[][] sequences = FamilyCases.Sequences(family, 65, 2, 130, 17);
        using Device device = Device.Cpu(2);
        Train(family, device, sequences, sequencesAtOnce: 4).AssertSame(
            Train(family, device, sequences, sequencesAtOnce: 4, ActivationMemory.Checkpoints), family);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Bfloat16_activations_keep_the_scores_and_move_gradients_by_little(string family)
    {
        int[][] sequences = FamilyCases.Sequences(family, 65, 2, 130, 17);
        using Device device = Device.Cpu(2);
        Result exact = Train(family, device, sequences, sequencesAtOnce: 4);
        Result rounded = Train(family, device, sequences, sequencesAtOnce: 4, ActivationMemory.Bfloat16);
        Bits.AssertSame(exact.LogProbs, rounded.LogProbs, family);
        double difference = exact.Gradients.Sum(pair => pair.Value.Zip(rounded.Gradients[pair.Key], (a, b) => Math.Pow(a - b, 2)).Sum());
        double squares = exact.Gradients.Sum(pair => pair.Value.Sum(g => (double)g * g));
        Assert.InRange(Math.Sqrt(difference / squares), double.Epsilon, 0.02);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_shared_prompt_keeps_the_bits(string family)
    {
        using Device device = Device.Cpu(2);
        using CausalModel model = FamilyCases.NewModel(family, device);
        using Graph graph = new(device, record: false);
        foreach (int length in (int[])[1, 63, 64, 90])
        {
            int[][] completions = FamilyCases.Sequences(family, 5, 70, 1);
            SequenceGroup group = new(
                FamilyCases.Sequences(family, length)[0],
                [.. completions.Select(ids => ((IReadOnlyList<int>)ids, (IReadOnlyList<bool>)[.. ids.Select(_ => true)]))]);
            Bits.AssertSame(
                model.LogProbs(graph, Exactness.SharedPrefixTests.Repeated([group])).LogProbs.ToArray(),
                model.LogProbs(graph, TokenBatch.PackGroups([group])).LogProbs.ToArray(), $"{family}, prompt of {length}");
        }
    }

    // With fused multiply-add all widths agree; the scalar path is as slow as it is sure, and tried in the kernels' tests.
    private static IEnumerable<SimdLevel> Levels() => new[] { SimdLevel.Vector256, SimdLevel.Vector512 }.Where(level => level <= Simd.Best).DefaultIfEmpty(Simd.Best);

    private static Result Train(string family, Device device, int[][] sequences, int sequencesAtOnce, ActivationMemory activations = ActivationMemory.Float32)
    {
        using CausalModel model = FamilyCases.NewModel(family, device);
        model.RequireGradients();
        using Graph graph = new(device, record: true, activations);
        List<float> logProbs = [];
        foreach (int[][] part in sequences.Chunk(sequencesAtOnce))
        {
            TokenBatch batch = TokenBatch.PackAll(part);
            (Tensor scores, Tensor entropies) = model.LogProbs(graph, batch, 0.8f);
            logProbs.AddRange(scores.ToArray());
            float[] weights = [.. part.SelectMany(ids => Enumerable.Range(1, ids.Length - 1).Select(t => (float)Seed.From(ids.Length).Normal(t)))];
            graph.Backward(scores.Dot(weights) + entropies.Dot(weights));
            graph.Reset();
        }
        return new Result([.. logProbs], model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(parameter.Gradient!)));
    }

    private sealed record Result(float[] LogProbs, Dictionary<string, float[]> Gradients)
    {
        public void AssertSame(Result other, string what)
        {
            Bits.AssertSame(LogProbs, other.LogProbs, what);
            foreach ((string name, float[] gradient) in Gradients)
                Bits.AssertSame(gradient, other.Gradients[name], $"{what}: gradient of '{name}'");
        }
    }
}
