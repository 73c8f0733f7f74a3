namespace Cerise.Tensors;

/// <summary>Which rows of a batch belong to which sequence, at which positions, and in which blocks the sequence's keys and values lie.</summary>
/// <remarks>The rows of a sequence are consecutive, at consecutive positions; a row attends to all positions up to its own.</remarks>
public sealed class AttentionPlan
{
    private readonly List<int> _firstRow = [0];
    private readonly List<int> _firstPosition = [];
    private readonly List<int> _firstBlock = [0];
    private readonly List<int> _blocks = [];
    private readonly List<int> _positions = [];
    private Indices? _packed;
    private (int Queries, Indices Items)? _items;

    /// <summary>Number of sequences.</summary>
    public int Sequences => _firstPosition.Count;

    /// <summary>Number of rows.</summary>
    public int Rows => _firstRow[^1];

    /// <summary>Block number one past the largest used.</summary>
    public int BlocksNeeded { get; private set; }

    /// <summary>Tokens of the longest sequence, from position 0 to its last row.</summary>
    public int LongestSequence { get; private set; }

    /// <summary>The position of each row, for rotary embedding.</summary>
    public Indices Positions => field ??= new Indices(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_positions));

    /// <summary>A plan for whole sequences packed end to end, whose keys lie in blocks of their own.</summary>
    public static AttentionPlan Packed(ReadOnlySpan<int> lengths)
    {
        AttentionPlan plan = new();
        int next = 0;
        Span<int> blocks = [];
        foreach (int length in lengths)
        {
            int count = (length + KeyValueBlocks.BlockSize - 1) / KeyValueBlocks.BlockSize;
            blocks = count <= blocks.Length ? blocks : new int[count];
            for (int i = 0; i < count; i++)
                blocks[i] = next++;
            plan.Add(length, 0, blocks[..count]);
        }
        return plan;
    }

    /// <summary>Adds a sequence's rows.</summary>
    /// <param name="rows">How many rows of the batch are its.</param>
    /// <param name="firstPosition">Position of the first of them.</param>
    /// <param name="blocks">Blocks of its positions 0 on, at least up to its last row.</param>
    public void Add(int rows, int firstPosition, ReadOnlySpan<int> blocks)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        ShapeException.Require(
            (long)blocks.Length * KeyValueBlocks.BlockSize >= firstPosition + rows, "AttentionPlan", $"{blocks.Length} blocks do not hold positions up to {firstPosition + rows - 1}: give a block for every {KeyValueBlocks.BlockSize} positions, those before the first row included");
        LongestSequence = Math.Max(LongestSequence, firstPosition + rows);
        _firstRow.Add(Rows + rows);
        _firstPosition.Add(firstPosition);
        foreach (int block in blocks)
        {
            ShapeException.Require(block >= 0, "AttentionPlan", $"block {block} does not exist: blocks are numbered from 0");
            _blocks.Add(block);
            BlocksNeeded = Math.Max(BlocksNeeded, block + 1);
        }
        _firstBlock.Add(_blocks.Count);
        for (int i = 0; i < rows; i++)
            _positions.Add(firstPosition + i);
        _packed = null;
        _items = null;
    }

    /// <summary>First row, number of rows and first position of a sequence.</summary>
    public (int FirstRow, int Rows, int FirstPosition) Sequence(int sequence) =>
        (_firstRow[sequence], _firstRow[sequence + 1] - _firstRow[sequence], _firstPosition[sequence]);

    /// <summary>For kernels: per sequence (firstRow, rows, firstPosition, firstBlock), then all block numbers.</summary>
    internal Indices Pack()
    {
        if (_packed is null)
        {
            int[] packed = new int[(4 * Sequences) + _blocks.Count];
            for (int s = 0; s < Sequences; s++)
            {
                (packed[4 * s], packed[(4 * s) + 1], packed[(4 * s) + 2]) = Sequence(s);
                packed[(4 * s) + 3] = (4 * Sequences) + _firstBlock[s];
            }
            _blocks.CopyTo(packed, 4 * Sequences);
            _packed = new Indices(packed);
        }
        return _packed;
    }

    /// <summary>For kernels: pairs (sequence, first query), each standing for up to <paramref name="queries"/> rows of one sequence.</summary>
    internal Indices Items(int queries)
    {
        if (_items is not { } known || known.Queries != queries)
        {
            List<int> items = [];
            for (int s = 0; s < Sequences; s++)
            {
                for (int first = 0; first < Sequence(s).Rows; first += queries)
                {
                    items.Add(s);
                    items.Add(first);
                }
            }
            _items = known = (queries, new Indices(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(items)));
        }
        return known.Items;
    }
}
