using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests.Exactness;

/// <summary>A prompt computed once for its group: log-probabilities and entropies keep their bits, gradients theirs on any threads and in any batches.</summary>
public sealed class SharedPrefixTests
{
    private const float Temperature = 0.8f;

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 10)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Scores_have_the_bits_of_the_layout_that_repeats_the_prompt(int number)
    {
        (Seed seed, ModelConfig config, SequenceGroup[] groups) = Case(number, 4);
        foreach (SimdLevel level in Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best && (number < 4 || level == Simd.Best)))
        {
            using Device device = Device.Cpu(1 + (number % 3), level);
            using CausalModel model = TinyModels.New(config, device, seed);
            AssertSameScores(model, groups, $"number {number}, {device.Name}, {config}");
        }
    }

    [Fact]
    public void Prompts_of_every_length_up_to_two_blocks_keep_the_bits()
    {
        Seed seed = Seed.From(77);
        ModelConfig config = TinyModels.Config(seed) with { NumHiddenLayers = 2, HeadDim = 8, HiddenSize = 16 };
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        for (int length = 0; length <= 130; length++)
            AssertSameScores(model, [Group(seed.Fork(length), config, length, [1 + (length % 9), 64, 2])], $"prompt of {length}");
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Gradients_have_the_same_bits_wherever_the_batch_is_cut_between_groups(int number)
    {
        (Seed seed, ModelConfig config, SequenceGroup[] groups) = Case(number, 5);
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        Dictionary<string, float[]> whole = Gradients(model, seed, groups, [groups.Length], TokenBatch.PackGroups);
        foreach (int[] counts in (int[][])[[.. groups.Select(_ => 1)], [1, groups.Length - 1], [groups.Length - 2, 2]])
        {
            foreach ((string name, float[] gradient) in Gradients(model, seed, groups, counts, TokenBatch.PackGroups))
                Bits.AssertSame(whole[name], gradient, $"'{name}', number {number}, {config}, groups {string.Join(" + ", counts)}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public void Gradients_have_the_same_bits_with_any_number_of_threads_and_both_wide_instruction_sets(int number)
    {
        (Seed seed, ModelConfig config, SequenceGroup[] groups) = Case(number, 3);
        Dictionary<string, float[]>? expected = null;
        foreach (SimdLevel level in new[] { SimdLevel.Vector256, SimdLevel.Vector512 }.Where(level => level <= Simd.Best))
        {
            for (int threads = 1; threads <= 3; threads++)
            {
                using Device device = Device.Cpu(threads, level);
                using CausalModel model = TinyModels.New(config, device, seed);
                Dictionary<string, float[]> gradients = Gradients(model, seed, groups, [groups.Length], TokenBatch.PackGroups);
                expected ??= gradients;
                foreach ((string name, float[] gradient) in gradients)
                    Bits.AssertSame(expected[name], gradient, $"'{name}', number {number}, {device.Name}");
            }
        }
    }

    [Fact]
    public void A_group_of_one_is_an_ordinary_sequence()
    {
        (Seed seed, ModelConfig config, _) = Case(3, 1);
        SequenceGroup[] groups = [Group(seed, config, 70, [20])];
        using Device device = Device.Cpu(2);
        using CausalModel model = TinyModels.New(config, device, seed);
        Dictionary<string, float[]> expected = Gradients(model, seed, groups, [1], Repeated);
        foreach ((string name, float[] gradient) in Gradients(model, seed, groups, [1], TokenBatch.PackGroups))
            Bits.AssertSame(expected[name], gradient, name);
    }

    /// <summary>Every sequence of the groups with the prompt to itself.</summary>
    internal static TokenBatch Repeated(IReadOnlyList<SequenceGroup> groups) => TokenBatch.PackGroups(
        [.. groups.SelectMany(group => group.Continuations.Select(continuation => new SequenceGroup(group.Prompt, [continuation])))]);

    private static void AssertSameScores(CausalModel model, SequenceGroup[] groups, string what)
    {
        TokenBatch shared = TokenBatch.PackGroups(groups);
        TokenBatch repeated = Repeated(groups);
        Assert.Equal(repeated.Targets.Values.ToArray(), shared.Targets.Values.ToArray());
        Assert.Equal(repeated.Offsets.Values.ToArray(), shared.Offsets.Values.ToArray());
        using Graph graph = new(model.Device, record: false);
        (Tensor expectedLogProbs, Tensor expectedEntropies) = model.LogProbs(graph, repeated, Temperature);
        (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, shared, Temperature);
        Bits.AssertSame(expectedLogProbs.ToArray(), logProbs.ToArray(), $"log-probabilities, {what}");
        Bits.AssertSame(expectedEntropies.ToArray(), entropies.ToArray(), $"entropies, {what}");
    }

    // Gradients of the sum of c log p + d H over all scored tokens, added up over batches of so many groups.
    private static Dictionary<string, float[]> Gradients(
        CausalModel model, Seed seed, SequenceGroup[] groups, int[] counts, Func<IReadOnlyList<SequenceGroup>, TokenBatch> pack)
    {
        model.RequireGradients();
        foreach (Parameter parameter in model.Parameters)
            parameter.ZeroGradient();
        using Graph graph = new(model.Device, record: true);
        int first = 0;
        int scored = 0;
        foreach (int count in counts)
        {
            TokenBatch batch = pack(groups[first..(first + count)]);
            (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, batch, Temperature);
            float[] Weights(string what) => [.. Enumerable.Range(scored, batch.Targets.Count).Select(i => (float)seed.Fork(what).Normal(i))];
            graph.Backward(logProbs.Dot(Weights("log-probs")) + entropies.Dot(Weights("entropies")));
            graph.Reset();
            first += count;
            scored += batch.Targets.Count;
        }
        return model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(parameter.Gradient!));
    }

    private static (Seed Seed, ModelConfig Config, SequenceGroup[] Groups) Case(int number, int count)
    {
        Seed seed = Seed.From(900 + number);
        RandomStream draws = seed.Stream();
        ModelConfig config = TinyModels.Config(seed);
        int[] special = [1, 2, 63, 64, 65, 128];
        return (seed, config, [.. Enumerable.Range(0, count).Select(i =>
        {
            int prompt = draws.Chance(0.5) ? draws.Pick(special) : draws.Between(0, 130);
            return Group(seed.Fork("group").Fork(i), config, prompt, [.. Enumerable.Range(0, draws.Between(1, 4)).Select(_ => draws.Between(0, 70))]);
        })]);
    }

    private static SequenceGroup Group(Seed seed, ModelConfig config, int prompt, int[] lengths) => new(
        TinyModels.Tokens(seed.Fork("prompt"), prompt, config.VocabSize),
        [.. lengths.Select((length, i) => (
            (IReadOnlyList<int>)TinyModels.Tokens(seed.Fork("ids").Fork(i), length, config.VocabSize),
            (IReadOnlyList<bool>)[.. Enumerable.Range(0, length).Select(t => (t + i) % 4 != 2)]))]);
}
