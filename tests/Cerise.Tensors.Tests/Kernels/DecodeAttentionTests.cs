using Cerise.Tensors.Autograd;
using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

/// <summary>Rules 1 and 2 for a step of decoding: one row a sequence over the cache has the bits of the whole sequence in one packed pass.</summary>
public sealed class DecodeAttentionTests
{
    private const int Block = KeyValueBlocks.BlockSize;

    // Tokens fed one by one at the end of each sequence, so that what a step wrote is read by the next.
    private const int Steps = 3;

    public static TheoryData<SimdLevel, int> Cases
    {
        get
        {
            TheoryData<SimdLevel, int> cases = [];
            foreach (SimdLevel level in Levels.Usable)
                for (int number = 0; number < (level == SimdLevel.Scalar ? 4 : 16); number++)
                    cases.Add(level, number);
            return cases;
        }
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Rows_decoded_one_by_one_equal_the_packed_pass(SimdLevel level, int number)
    {
        Seed seed = Seed.From(number).Fork("decode");
        RandomStream draws = seed.Stream();
        AttentionShape shape = Draw(draws);
        AttentionSettings settings = DrawSettings(seed.Fork("settings").Stream(), shape.HeadDim);
        bool shares = number % 2 == 1;
        Sequence[] batch = DrawBatch(draws, shares, out int blocks);
        float[] queries = Draws.Normal(seed.Fork("queries"), batch.Sum(s => s.Length) * shape.Heads * shape.HeadDim);
        float[] keys = Draws.Normal(seed.Fork("keys"), batch.Sum(s => s.Length) * shape.KvHeads * shape.HeadDim);
        float[] values = Draws.Normal(seed.Fork("values"), batch.Sum(s => s.Length) * shape.KvHeads * shape.HeadDim);
        foreach (Sequence sequence in batch)                               // a shared prefix has the same keys and values everywhere
        {
            int prefix = sequence.SharedBlocks * Block * shape.KvHeads * shape.HeadDim;
            keys.AsSpan(0, prefix).CopyTo(keys.AsSpan(sequence.FirstRow * shape.KvHeads * shape.HeadDim));
            values.AsSpan(0, prefix).CopyTo(values.AsSpan(sequence.FirstRow * shape.KvHeads * shape.HeadDim));
        }
        foreach (int threads in level == SimdLevel.Scalar ? [2] : (int[])[1, 2, 3])
        {
            using Device device = Device.Cpu(threads, level);
            using Graph graph = new(device, record: false);
            AttentionPlan whole = AttentionPlan.Packed([.. batch.Select(s => s.Length)]);
            float[] expected = Of(queries, shape.Heads).Attention(Of(keys, shape.KvHeads), Of(values, shape.KvHeads), whole, settings).ToArray();
            KeyValueBlocks cache = new(NewBlocks(), 0, NewBlocks(), 0, shape.KvHeads, shape.HeadDim);

            // All but the last tokens at once, by the kernels for many rows.
            Sequence[] begun = [.. batch.Where(s => s.Length > Steps)];
            if (begun.Length > 0)
            {
                AttentionPlan plan = new();
                foreach (Sequence s in begun)
                    plan.Add(s.Length - Steps, 0, s.Blocks);
                int[] rows = [.. begun.SelectMany(s => Enumerable.Range(s.FirstRow, s.Length - Steps))];
                device.WriteKeyValues(Of(Take(keys, shape.KvHeads, rows), shape.KvHeads), Of(Take(values, shape.KvHeads, rows), shape.KvHeads), plan, cache);
            }
            for (int step = Steps; step > 0; step--)
            {
                Sequence[] running = [.. batch.Where(s => s.Length >= step)];
                int[] order = seed.Fork("order").Fork(step).Permutation(running.Length);
                running = [.. order.Select(i => running[i])];
                AttentionPlan plan = new();
                foreach (Sequence s in running)
                    plan.Add(1, s.Length - step, s.Blocks);
                int[] rows = [.. running.Select(s => s.FirstRow + s.Length - step)];
                if (rows.Length == 0)
                    continue;
                Assert.True(new DecodeSchedule().Make(plan, shape, threads));
                float[] actual = Of(Take(queries, shape.Heads, rows), shape.Heads)
                    .CachedAttention(Of(Take(keys, shape.KvHeads, rows), shape.KvHeads), Of(Take(values, shape.KvHeads, rows), shape.KvHeads), plan, cache, settings).ToArray();
                Bits.AssertSame(
                    Take(expected, shape.Heads, rows), actual,
                    $"case {number}, {shape}, {settings}, lengths {string.Join(", ", running.Select(s => s.Length))}{(shares ? ", sharing" : "")}, {device.Name}, {step} tokens before the end");
            }
            cache.Keys.Dispose();
            cache.Values.Dispose();

            Tensor Of(float[] numbers, int heads) => graph.From(numbers, new Shape(numbers.Length / (heads * shape.HeadDim), heads * shape.HeadDim));

            // What lies where nothing was written must not matter.
            Storage NewBlocks()
            {
                Storage storage = device.Allocate((long)blocks * Block * shape.KvHeads * shape.HeadDim);
                device.Fill(storage, 0, storage.Length, float.NaN);
                return storage;
            }
        }

        float[] Take(float[] numbers, int heads, int[] rows) => [.. rows.SelectMany(row => numbers[(row * heads * shape.HeadDim)..((row + 1) * heads * shape.HeadDim)])];
    }

    // Two rows of one sequence as two sequences: the second needs what the first writes.
    [Fact]
    public void A_plan_in_which_one_sequence_reads_what_another_writes_gives_the_same_bits()
    {
        AttentionShape shape = new(4, 2, 16);
        Seed seed = Seed.From(4);
        Shape rows = new(2, shape.KvHeads * shape.HeadDim);
        Shape queryRows = new(2, shape.Heads * shape.HeadDim);
        using Device device = Device.Cpu(2);
        using Graph graph = new(device, record: false);
        Tensor queries = graph.From(Draws.Normal(seed.Fork("q"), queryRows.Length), queryRows);
        Tensor keys = graph.From(Draws.Normal(seed.Fork("k"), rows.Length), rows);
        Tensor values = graph.From(Draws.Normal(seed.Fork("v"), rows.Length), rows);
        AttentionPlan apart = new();
        apart.Add(1, 1, [0]);
        apart.Add(1, 0, [0]);
        AttentionPlan crossing = new();
        crossing.Add(1, Block, [0, 1]);
        crossing.Add(1, Block - 1, [0]);
        foreach (AttentionPlan plan in (AttentionPlan[])[apart, crossing])
        {
            KeyValueBlocks[] caches = [NewCache(), NewCache()];
            Tensor expected = graph.New(queryRows);
            device.WriteKeyValues(keys, values, plan, caches[0]);
            device.Attention(queries, plan, caches[0], new AttentionSettings(shape.HeadDim), expected, graph.New(new Shape(2, shape.Heads)));
            Bits.AssertSame(expected.ToArray(), queries.CachedAttention(keys, values, plan, caches[1]).ToArray(), "a plan whose sequences share a block that is written");
            foreach (KeyValueBlocks cache in caches)
            {
                cache.Keys.Dispose();
                cache.Values.Dispose();
            }
        }

        KeyValueBlocks NewCache() => new(NewBlocks(), 0, NewBlocks(), 0, shape.KvHeads, shape.HeadDim);

        Storage NewBlocks()
        {
            Storage storage = device.Allocate(2L * Block * shape.KvHeads * shape.HeadDim);
            device.Fill(storage, 0, storage.Length, 0.5f);
            return storage;
        }
    }

    private static AttentionShape Draw(RandomStream draws)
    {
        int group = draws.Pick([1, 1, 2, 3, 4, 7]);
        int kvHeads = draws.Between(1, group > 2 ? 2 : 6);
        return new AttentionShape(kvHeads * group, kvHeads, draws.Pick([6, 16, 20, 32, 48, 64, 80, 128]));
    }

    // Half of them plain; windows that end within a block, at its border, and before the shared blocks.
    private static AttentionSettings DrawSettings(RandomStream draws, int headDim)
    {
        AttentionSettings plain = new(headDim);
        return draws.Chance(0.4) ? plain : plain with
        {
            Scale = plain.Scale * (draws.Chance(0.5) ? 1 : 0.7f),
            Window = draws.Chance(0.3) ? 0 : draws.Chance(0.3) ? draws.Pick([1, 63, 64, 65, 128]) : draws.Between(2, 150),
            SoftCap = draws.Chance(0.5) ? 0 : 1.5f,
        };
    }

    private static Sequence[] DrawBatch(RandomStream draws, bool shares, out int blocks)
    {
        int sharedBlocks = shares ? draws.Between(1, 2) : 0;
        int next = sharedBlocks;
        int row = 0;
        Sequence[] batch = new Sequence[draws.Between(1, 12)];
        for (int i = 0; i < batch.Length; i++)
        {
            int shared = i == 0 || draws.Chance(0.7) ? sharedBlocks : 0;    // the first is the prefix's source
            int length = (shared * Block) + (shared > 0 ? Steps : 0) + draws.Between(1, 200 - (shared * Block));
            int own = ((length - 1) / Block) + 1 - shared;
            batch[i] = new Sequence(row, length, shared, [.. Enumerable.Range(0, shared), .. Enumerable.Range(next, own)]);
            next += own;
            row += length;
        }
        blocks = next;
        return batch;
    }

    private sealed record Sequence(int FirstRow, int Length, int SharedBlocks, int[] Blocks);
}
