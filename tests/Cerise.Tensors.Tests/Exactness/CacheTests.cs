using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Tests.Exactness;

/// <summary>Rules 1 and 2: what comes through the cache, token by token, in chunks, in scattered or shared blocks, equals the whole forward pass bit for bit.</summary>
public sealed class CacheTests
{
    public static TheoryData<int> Seeds => Levels.Seeds(10);

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Sequences_fed_in_random_chunks_into_scattered_blocks_equal_the_whole(int number)
    {
        Seed seed = Seed.From(number).Fork("cache");
        TinySizes sizes = TinySizes.Draw(seed);
        using Device device = Device.Cpu(2);
        using TinyModel model = new(device, sizes, seed);
        int[][] batch = RandomBatch.Draw(seed, sizes.Vocab, 5, 150);
        float[][] expected = Whole(model, batch);

        int[] free = seed.Fork("blocks").Permutation(3 * batch.Length);
        int[][] blocks = [.. batch.Select((_, i) => free[(3 * i)..(3 * (i + 1))])];
        KeyValueBlocks[] cache = model.NewCache(free.Length);
        RandomStream draws = seed.Fork("chunks").Stream();
        bool oneByOne = number % 3 == 0;
        int[] fed = new int[batch.Length];
        List<float>[] actual = [.. batch.Select(_ => new List<float>())];
        using Graph graph = new(device, record: false);
        while (fed.Zip(batch, (done, ids) => done < ids.Length).Any(more => more))
        {
            AttentionPlan plan = new();
            List<int> ids = [];
            List<(int Sequence, int Rows)> parts = [];
            foreach (int s in draws.Chance(0.5) ? Enumerable.Range(0, batch.Length) : Enumerable.Range(0, batch.Length).Reverse())
            {
                int left = batch[s].Length - fed[s];
                int rows = left == 0 || draws.Chance(0.2) ? 0 : oneByOne ? 1 : draws.Between(1, Math.Min(left, 70));
                if (rows == 0)
                    continue;
                plan.Add(rows, fed[s], blocks[s]);
                ids.AddRange(batch[s][fed[s]..(fed[s] + rows)]);
                parts.Add((s, rows));
                fed[s] += rows;
            }
            if (parts.Count == 0)
                continue;
            float[] rowsOut = model.Hidden(graph, [.. ids], plan, cache).ToArray();
            int first = 0;
            foreach ((int s, int rows) in parts)
                actual[s].AddRange(rowsOut[first..(first += rows * sizes.Channels)]);
            graph.Reset();
        }
        for (int s = 0; s < batch.Length; s++)
            Bits.AssertSame(expected[s], [.. actual[s]], $"seed {number}, {sizes}: hidden states of sequence {s} of {batch[s].Length} tokens");
        Free(cache);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Samples_of_one_prompt_may_share_its_full_blocks(int number)
    {
        Seed seed = Seed.From(number).Fork("shared");
        TinySizes sizes = TinySizes.Draw(seed);
        using Device device = Device.Cpu(2);
        using TinyModel model = new(device, sizes, seed);
        int[] prompt = Draws.Below(seed.Fork("prompt"), 40 + seed.Below(0, 110), sizes.Vocab);
        int[][] batch = [.. Enumerable.Range(0, 3).Select(i => (int[])[.. prompt, .. Draws.Below(seed.Fork("tail").Fork(i), 1 + seed.Below(1 + i, 50), sizes.Vocab)])];
        float[][] expected = Whole(model, batch);

        KeyValueBlocks[] cache = model.NewCache(12);
        int[] free = seed.Fork("blocks").Permutation(12);
        int full = prompt.Length / KeyValueBlocks.BlockSize;
        int shared = full * KeyValueBlocks.BlockSize;
        using Graph graph = new(device, record: false);
        if (shared > 0)
        {
            AttentionPlan prefix = new();
            prefix.Add(shared, 0, free.AsSpan(0, full));
            _ = model.Hidden(graph, prompt.AsSpan(0, shared), prefix, cache);
        }
        int next = full;
        int[][] blocks = [.. batch.Select(ids => (int[])[.. free[..full], .. Enumerable.Range(0, ((ids.Length - 1) / KeyValueBlocks.BlockSize) + 1 - full).Select(_ => free[next++])])];
        AttentionPlan plan = new();
        for (int s = 0; s < batch.Length; s++)
            plan.Add(batch[s].Length - shared, shared, blocks[s]);
        float[] actual = model.Hidden(graph, [.. batch.SelectMany(ids => ids[shared..])], plan, cache).ToArray();
        int first = 0;
        for (int s = 0; s < batch.Length; s++)
        {
            int length = (batch[s].Length - shared) * sizes.Channels;
            Bits.AssertSame(expected[s].AsSpan(shared * sizes.Channels), actual.AsSpan(first, length), $"seed {number}, {sizes}: sample {s} behind {shared} shared positions");
            first += length;
        }
        Free(cache);
    }

    // What a rollout records is what training computes: the same tokens through the cache, drawn from logits, and scored at once.
    [Theory]
    [MemberData(nameof(Seeds))]
    public void Log_probabilities_of_drawn_tokens_equal_those_of_scoring(int number)
    {
        Seed seed = Seed.From(number).Fork("sampling");
        TinySizes sizes = TinySizes.Draw(seed);
        float temperature = (float)(0.5 + seed.Uniform(0));
        using Device device = Device.Cpu(2);
        using TinyModel model = new(device, sizes, seed);
        using Graph graph = new(device, record: false);
        const int sequences = 3;
        const int length = 70;
        KeyValueBlocks[] cache = model.NewCache(2 * sequences);
        int[][] tokens = [.. Enumerable.Range(0, sequences).Select(s => (int[])[seed.Below(1 + s, sizes.Vocab), .. new int[length]])];
        float[,] recorded = new float[sequences, length];
        int[] ids = new int[sequences];
        float[] logProbs = new float[sequences];
        for (int t = 0; t < length; t++)
        {
            AttentionPlan plan = new();
            for (int s = 0; s < sequences; s++)
                plan.Add(1, t, [2 * s, (2 * s) + 1]);
            Tensor logits = model.Logits(model.Hidden(graph, [.. tokens.Select(sequence => sequence[t])], plan, cache));
            SamplingRow[] rows = [.. Enumerable.Range(0, sequences).Select(s => new SamplingRow { Seed = seed.Fork(s), Draw = t, Temperature = temperature, TopP = s == 1 ? 0.9f : 1 })];
            device.Sample(logits, rows, ids, logProbs);
            for (int s = 0; s < sequences; s++)
                (tokens[s][t + 1], recorded[s, t]) = (ids[s], logProbs[s]);
            graph.Reset();
        }
        for (int s = 0; s < sequences; s++)
        {
            Tensor hidden = model.Hidden(graph, tokens[s].AsSpan(0, length), AttentionPlan.Packed([length]));
            float[] scored = model.Score(hidden, tokens[s].AsSpan(1), temperature).LogProbs.ToArray();
            Bits.AssertSame(Enumerable.Range(0, length).Select(t => recorded[s, t]).ToArray(), scored, $"seed {number}, {sizes}, temperature {temperature}: sequence {s}");
        }
        Free(cache);
    }

    private static float[][] Whole(TinyModel model, int[][] batch)
    {
        using Graph graph = new(model.Device, record: false);
        return [.. batch.Select(ids => model.Hidden(graph, ids, AttentionPlan.Packed([ids.Length])).ToArray())];
    }

    private static void Free(KeyValueBlocks[] cache)
    {
        foreach (KeyValueBlocks layer in cache)
        {
            layer.Keys.Dispose();
            layer.Values.Dispose();
        }
    }
}
