using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Tests.Exactness;

/// <summary>Rules 2 and 5 of the design: bits depend neither on packing, order and threads nor on where a batch is cut.</summary>
public sealed class PackingTests
{
    private static readonly int[] Lengths = [1, 2, 63, 64, 65, 130];

    public static TheoryData<int> Numbers => [.. Enumerable.Range(0, 10)];

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Scores_have_the_same_bits_in_any_split_and_order(int number)
    {
        (Seed seed, ModelConfig config, int[][] sequences) = Case(number, 7);
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(config, device, seed);
        (float[] LogProbs, float[] Entropies)[] alone = [.. sequences.Select(ids => Score(model, [ids], record: false))];
        foreach (bool record in new[] { false, true })
        {
            int[] order = seed.Fork("order").Fork(record ? 1 : 0).Permutation(sequences.Length);
            foreach ((int first, int count) in Split(seed.Fork("split").Fork(record ? 1 : 0), sequences.Length))
            {
                int[] part = order[first..(first + count)];
                (float[] logProbs, float[] entropies) = Score(model, [.. part.Select(i => sequences[i])], record);
                string what = $"number {number}, sequences {string.Join(' ', part)}, recorded: {record}";
                Bits.AssertSame(part.SelectMany(i => alone[i].LogProbs), logProbs, what);
                Bits.AssertSame(part.SelectMany(i => alone[i].Entropies), entropies, what);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void A_token_is_scored_the_same_whatever_follows_it(int number)
    {
        (Seed seed, ModelConfig config, _) = Case(number, 1);
        using Device device = Device.Cpu(1);
        using CausalModel model = TinyModels.New(config, device, seed);
        int[] ids = TinyModels.Tokens(seed.Fork("long"), 140, config.VocabSize);
        float[] whole = Score(model, [ids], record: false).LogProbs;
        foreach (int length in new[] { 2, 17, 63, 64, 65, 66, 128, 129 })
        {
            float[] part = Score(model, [ids[..length]], record: false).LogProbs;
            Bits.AssertSame(whole.Take(length - 1), part, $"number {number}, the first {length} tokens");
        }
    }

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Gradients_have_the_same_bits_wherever_the_batch_is_cut(int number)
    {
        (Seed seed, ModelConfig config, int[][] sequences) = Case(number, 6);
        using Device device = Device.Cpu(1);
        Dictionary<string, float[]> whole = Gradients(device, config, seed, sequences, [(0, sequences.Length)]);
        (int First, int Count)[][] splits =
            [Split(seed.Fork("a"), sequences.Length), Split(seed.Fork("b"), sequences.Length), [.. sequences.Select((_, i) => (i, 1))]];
        foreach ((int First, int Count)[] split in splits)
        {
            string what = $"number {number}, parts of {string.Join(' ', split.Select(part => part.Count))}, {config}";
            foreach ((string name, float[] gradient) in Gradients(device, config, seed, sequences, split))
                Bits.AssertSame(whole[name], gradient, $"'{name}', {what}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Scores_and_gradients_have_the_same_bits_with_any_number_of_threads_and_both_wide_instruction_sets(int number)
    {
        (Seed seed, ModelConfig config, int[][] sequences) = Case(number, 3);
        List<(string What, Dictionary<string, float[]> Gradients, float[] LogProbs)> results = [];
        foreach (SimdLevel level in new[] { SimdLevel.Vector256, SimdLevel.Vector512 }.Where(level => level <= Simd.Best))
        {
            for (int threads = 1; threads <= 3; threads++)
            {
                using Device device = Device.Cpu(threads, level);
                using CausalModel model = TinyModels.New(config, device, seed);
                Dictionary<string, float[]> ofThis = Gradients(device, config, seed, sequences, [(0, sequences.Length)]);
                results.Add(($"number {number}, {device.Name}", ofThis, Score(model, sequences, record: true).LogProbs));
            }
        }
        foreach ((string what, Dictionary<string, float[]> gradients, float[] logProbs) in results)
        {
            Bits.AssertSame(results[0].LogProbs, logProbs, what);
            foreach ((string name, float[] gradient) in gradients)
                Bits.AssertSame(results[0].Gradients[name], gradient, $"{what}, '{name}'");
        }
    }

    private static (Seed Seed, ModelConfig Config, int[][] Sequences) Case(int number, int count)
    {
        Seed seed = Seed.From(500 + number);
        ModelConfig config = TinyModels.Config(seed);
        int Length(int i) => Lengths[seed.Fork("length").Below(i, Lengths.Length)];
        return (seed, config, [.. Enumerable.Range(0, count).Select(i => TinyModels.Tokens(seed.Fork("ids").Fork(i), Length(i), config.VocabSize))]);
    }

    // Consecutive parts of random sizes.
    private static (int First, int Count)[] Split(Seed seed, int sequences)
    {
        int[] borders = [0, .. Enumerable.Range(1, sequences - 1).Where(i => seed.Below(i, 2) == 0), sequences];
        return [.. borders.Zip(borders.Skip(1), (first, next) => (first, next - first))];
    }

    private static (float[] LogProbs, float[] Entropies) Score(CausalModel model, int[][] sequences, bool record)
    {
        if (record)
            model.RequireGradients();
        using Graph graph = new(model.Device, record);
        (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, TokenBatch.PackAll(sequences), 0.8f);
        return (logProbs.ToArray(), entropies.ToArray());
    }

    // Gradients of the sum of c log p + d H over all tokens, added up part by part.
    private static Dictionary<string, float[]> Gradients(
        Device device, ModelConfig config, Seed seed, int[][] sequences, (int First, int Count)[] parts)
    {
        using CausalModel model = TinyModels.New(config, device, seed);
        model.RequireGradients();
        using Graph graph = new(device, record: true);
        foreach ((int first, int count) in parts)
        {
            TokenBatch batch = TokenBatch.PackAll(sequences[first..(first + count)]);
            (Tensor logProbs, Tensor entropies) = model.LogProbs(graph, batch, 0.8f);
            float[] Weights(string what) =>
                [.. Enumerable.Range(first, count).SelectMany(s => Normal(seed.Fork(what).Fork(s), sequences[s].Length - 1))];
            graph.Backward(logProbs.Dot(Weights("log-probs")) + entropies.Dot(Weights("entropies")));
            graph.Reset();
        }
        return model.Parameters.ToDictionary(parameter => parameter.Name, parameter => parameter.ToArray(parameter.Gradient!));
    }

    private static IEnumerable<float> Normal(Seed seed, int length) => Enumerable.Range(0, length).Select(i => (float)seed.Normal(i));
}
