namespace Cerise.Tensors.Kernels;

/// <summary>How sequences of one query row each are shared out as items of <see cref="DecodeAttention{TLanes}"/>.</summary>
/// <remarks>
/// Sequences are put in the order of their blocks, so that those that begin with the same full blocks are neighbours and read them together. Which sequences
/// share an item changes who reads what when, never a sum.
/// </remarks>
internal sealed class DecodeSchedule
{
    /// <summary>Numbers that describe an item: first place in the order, sequences, blocks they share, first key head, key heads.</summary>
    public const int ItemLength = 5;

    // So many items a thread that the last ones even out what came before.
    private const int ItemsPerThread = 4;

    // Queries and sums of an item stay in a core's cache beside the keys and values that stream through.
    private const int MostRows = 192;

    private DecodeSchedule(int[] order, List<int> items)
    {
        Order = new Indices(order);
        Items = new Indices(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items));
    }

    /// <summary>Sequences in the order items take them.</summary>
    public Indices Order { get; }

    /// <summary>Items, <see cref="ItemLength"/> numbers each.</summary>
    public Indices Items { get; }

    /// <summary>Number of items.</summary>
    public int Count => Items.Count / ItemLength;

    /// <summary>The schedule of a packed plan, or null where it needs the general kernel: some sequence has more than one row, or reads a block that another writes.</summary>
    /// <param name="packed">Per sequence (firstRow, rows, firstPosition, firstBlock), then all block numbers.</param>
    /// <param name="sequences">Number of sequences.</param>
    /// <param name="blocksNeeded">Block number one past the largest.</param>
    /// <param name="shape">Heads.</param>
    /// <param name="threads">Threads that share the items.</param>
    public static DecodeSchedule? TryMake(ReadOnlySpan<int> packed, int sequences, int blocksNeeded, AttentionShape shape, int threads)
    {
        for (int s = 0; s < sequences; s++)
            if (packed[(4 * s) + 1] != 1)
                return null;
        if (!WritesApart(packed, sequences, blocksNeeded))
            return null;
        int[] order = Ordered(packed, sequences);
        int most = Math.Min(Math.Max(1, sequences / (ItemsPerThread * threads)), MostSequences(shape));
        int parts = sequences >= 2 * threads ? 1 : Math.Min(shape.KvHeads, ((2 * threads) + sequences - 1) / sequences);
        List<int> items = [];
        for (int first = 0; first < sequences;)
        {
            int count = 1;
            int shared = 0;
            // Sequences that share blocks stay together; others fill an item too, so that the next one's memory can be asked for early.
            while (first + count < sequences && count < most)
            {
                int common = Common(packed, order[first], order[first + count]);
                if (count > 1 && (common < shared || (shared == 0 && common > 0)))
                    break;
                shared = common;
                count++;
            }
            for (int part = 0; part < parts; part++)
            {
                int head = part * shape.KvHeads / parts;
                items.AddRange([first, count, shared, head, ((part + 1) * shape.KvHeads / parts) - head]);
            }
            first += count;
        }
        return new DecodeSchedule(order, items);
    }

    /// <summary>Sequences an item may have.</summary>
    public static int MostSequences(AttentionShape shape) => Math.Max(1, MostRows / shape.Heads);

    // An item writes its sequences' keys and values itself, when it comes to them: nobody else may look there.
    private static bool WritesApart(ReadOnlySpan<int> packed, int sequences, int blocksNeeded)
    {
        bool[] written = System.Buffers.ArrayPool<bool>.Shared.Rent(blocksNeeded);
        Array.Clear(written, 0, blocksNeeded);
        bool apart = true;
        for (int s = 0; s < sequences; s++)
        {
            ref bool last = ref written[Blocks(packed, s)[^1]];
            apart &= !last;
            last = true;
        }
        for (int s = 0; s < sequences; s++)
            foreach (int block in Blocks(packed, s)[..^1])
                apart &= !written[block];
        System.Buffers.ArrayPool<bool>.Shared.Return(written);
        return apart;
    }

    private static int[] Ordered(ReadOnlySpan<int> packed, int sequences)
    {
        int[] order = new int[sequences];
        long[] keys = new long[sequences];
        for (int s = 0; s < sequences; s++)
        {
            order[s] = s;
            keys[s] = ((long)Blocks(packed, s)[0] << 32) | (uint)s;
        }
        Array.Sort(keys, order);
        return order;
    }

    // Full blocks at the beginning of both; each has at least one more, of its own.
    private static int Common(ReadOnlySpan<int> packed, int a, int b) => Blocks(packed, a)[..^1].CommonPrefixLength(Blocks(packed, b)[..^1]);

    // A sequence's blocks up to that of its row.
    private static ReadOnlySpan<int> Blocks(ReadOnlySpan<int> packed, int sequence) =>
        packed.Slice(packed[(4 * sequence) + 3], (packed[(4 * sequence) + 2] / KeyValueBlocks.BlockSize) + 1);
}
