namespace Cerise.Tensors.Kernels;

/// <summary>How sequences of one query row each are shared out as items of <see cref="DecodeAttention{TLanes}"/>.</summary>
/// <remarks>
/// Sequences are put in the order of their blocks, so that those that begin with the same full blocks are neighbours and read them together. Which sequences
/// share an item changes who reads what when, never a sum. A schedule keeps its memory, so that a warm decoding loop allocates nothing.
/// </remarks>
internal sealed class DecodeSchedule
{
    /// <summary>Numbers that describe an item: first place in the order, sequences, blocks they share, first key head, key heads.</summary>
    public const int ItemLength = 5;

    // So many items a thread that the last ones even out what came before.
    private const int ItemsPerThread = 4;

    // Queries and sums of an item stay in a core's cache beside the keys and values that stream through.
    private const int MostRows = 192;

    private (AttentionPlan Plan, int Version, AttentionShape Shape, int Threads)? _made;
    private bool _fits;
    private long[] _keys = [];
    private bool[] _written = [];

    /// <summary>Sequences in the order items take them.</summary>
    public Indices Order { get; } = new();

    /// <summary>Items, <see cref="ItemLength"/> numbers each.</summary>
    public Indices Items { get; } = new();

    /// <summary>Number of items.</summary>
    public int Count => Items.Count / ItemLength;

    /// <summary>Sequences an item may have.</summary>
    public static int MostSequences(AttentionShape shape) => Math.Max(1, MostRows / shape.Heads);

    /// <summary>Makes the schedule of a plan, unless it is made already: a plan serves all layers of a step.</summary>
    /// <returns>False where the plan needs the kernels for many rows: some sequence has not one row, or reads a block that another writes.</returns>
    public bool Make(AttentionPlan plan, AttentionShape shape, int threads)
    {
        if (_made != (plan, plan.Version, shape, threads))
        {
            ReadOnlySpan<int> packed = plan.Pack().Values;
            _fits = OneRowEach(packed, plan) && WritesApart(packed, plan);
            if (_fits)
            {
                MakeOrder(packed, plan.Sequences);
                MakeItems(packed, plan.Sequences, shape, threads);
            }
            _made = (plan, plan.Version, shape, threads);
        }
        return _fits;
    }

    private static bool OneRowEach(ReadOnlySpan<int> packed, AttentionPlan plan)
    {
        if (plan.Writes != plan.Sequences)
            return false;
        for (int s = 0; s < plan.Sequences; s++)
            if (packed[(4 * s) + 1] != 1)
                return false;
        return true;
    }

    // An item writes its sequences' keys and values itself, when it comes to them: nobody else may look there.
    private bool WritesApart(ReadOnlySpan<int> packed, AttentionPlan plan)
    {
        if (_written.Length < plan.BlocksNeeded)
            _written = new bool[Math.Max(plan.BlocksNeeded, 2 * _written.Length)];
        Array.Clear(_written, 0, plan.BlocksNeeded);
        for (int s = 0; s < plan.Sequences; s++)
        {
            ref bool last = ref _written[Blocks(packed, s)[^1]];
            if (last)
                return false;
            last = true;
        }
        for (int s = 0; s < plan.Sequences; s++)
            foreach (int block in Blocks(packed, s)[..^1])
                if (_written[block])
                    return false;
        return true;
    }

    private void MakeOrder(ReadOnlySpan<int> packed, int sequences)
    {
        if (_keys.Length < sequences)
            _keys = new long[Math.Max(sequences, 2 * _keys.Length)];
        Span<int> order = Order.Resize(sequences);
        for (int s = 0; s < sequences; s++)
        {
            order[s] = s;
            _keys[s] = ((long)Blocks(packed, s)[0] << 32) | (uint)s;
        }
        _keys.AsSpan(0, sequences).Sort(order);
    }

    private void MakeItems(ReadOnlySpan<int> packed, int sequences, AttentionShape shape, int threads)
    {
        ReadOnlySpan<int> order = Order.Values;
        int most = Share(ItemsPerThread);
        int mostShared = Share(ItemsPerThread / 2);                        // fewer items, so that fewer read the same blocks
        int parts = sequences >= 2 * threads ? 1 : threads % sequences == 0 ? threads / sequences : ((2 * threads) + sequences - 1) / sequences;
        parts = Math.Min(parts, shape.KvHeads);
        Span<int> items = Items.Resize(sequences * parts * ItemLength);
        int made = 0;
        for (int first = 0, count; first < sequences; first += count)
        {
            int shared = mostShared > 1 && first + 1 < sequences ? Common(packed, order[first], order[first + 1]) : 0;
            int limit = shared > 0 ? mostShared : most;
            // Sequences that share nothing fill an item too, so that one's memory can be asked for while another is worked on.
            for (count = 1; count < limit && first + count < sequences; count++)
            {
                int next = first + count;
                if (shared > 0 ? Common(packed, order[first], order[next]) < shared : next + 1 < sequences && Common(packed, order[next], order[next + 1]) > 0)
                    break;
            }
            for (int part = 0; part < parts; part++, made++)
            {
                int head = part * shape.KvHeads / parts;
                ReadOnlySpan<int> item = [first, count, shared, head, ((part + 1) * shape.KvHeads / parts) - head];
                item.CopyTo(items[(made * ItemLength)..]);
            }
        }
        Items.Shrink(made * ItemLength);

        int Share(int itemsPerThread) => Math.Clamp(sequences / (itemsPerThread * threads), 1, MostSequences(shape));
    }

    // Full blocks at the beginning of both; each has at least one more, of its own.
    private static int Common(ReadOnlySpan<int> packed, int a, int b) => Blocks(packed, a)[..^1].CommonPrefixLength(Blocks(packed, b)[..^1]);

    // A sequence's blocks up to that of its row.
    private static ReadOnlySpan<int> Blocks(ReadOnlySpan<int> packed, int sequence) =>
        packed.Slice(packed[(4 * sequence) + 3], (packed[(4 * sequence) + 2] / KeyValueBlocks.BlockSize) + 1);
}
