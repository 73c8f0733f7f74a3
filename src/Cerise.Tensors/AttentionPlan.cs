using System.Runtime.InteropServices;

namespace Cerise.Tensors;

/// <summary>Which rows of a batch belong to which sequence, at which positions, and in which blocks the sequence's keys and values lie.</summary>
/// <remarks>
/// The rows of a sequence are consecutive, at consecutive positions; a row attends to all positions up to its own. A plan that is cleared and filled again
/// keeps its memory, so that a decoding loop allocates nothing once it is warm.
/// A sequence may be continued by several others, as a prompt by its completions: they begin at the position after its last, read its full blocks, and hold a
/// copy of its part-filled last block. So its rows are there once, and every row still finds its keys in blocks aligned to position 0.
/// </remarks>
public sealed class AttentionPlan
{
    private readonly List<int> _firstRow = [0];
    private readonly List<int> _firstPosition = [];
    private readonly List<int> _firstBlock = [0];
    private readonly List<int> _blocks = [];
    private readonly List<int> _continued = [];                            // per sequence: the one it continues, itself if none
    private readonly Indices _positions = new();
    private readonly Indices _packed = new();
    private readonly Indices _items = new();
    private readonly Indices _groups = new();
    private bool _isPacked;
    private bool _hasGroups;
    private bool _hasPositions;
    private int _queriesPerItem;                                           // 0 while the items are to be made

    /// <summary>Number of sequences.</summary>
    public int Sequences => _firstPosition.Count;

    /// <summary>Number of rows.</summary>
    public int Rows => _firstRow[^1];

    /// <summary>Block number one past the largest used.</summary>
    public int BlocksNeeded { get; private set; }

    /// <summary>Tokens of the longest sequence, from position 0 to its last row.</summary>
    public int LongestSequence { get; private set; }

    /// <summary>The position of each row, for rotary embedding; valid until the plan changes.</summary>
    public Indices Positions
    {
        get
        {
            if (!_hasPositions)
            {
                Span<int> positions = _positions.Resize(Rows);
                for (int s = 0; s < Sequences; s++)
                {
                    (int firstRow, int rows, int firstPosition) = Sequence(s);
                    for (int i = 0; i < rows; i++)
                        positions[firstRow + i] = firstPosition + i;
                }
                _hasPositions = true;
            }
            return _positions;
        }
    }

    /// <summary>Sequences that continue no other: each is a group with those that continue it.</summary>
    internal int GroupCount { get; private set; }

    /// <summary>Places to write keys and values to: one a sequence, and one for each copy of a part-filled block.</summary>
    internal int Writes { get; private set; }

    /// <summary>Another number whenever the plan has changed, for what is made from it.</summary>
    internal int Version { get; private set; }

    /// <summary>A plan for whole sequences packed end to end, whose keys lie in blocks of their own.</summary>
    public static AttentionPlan Packed(ReadOnlySpan<int> lengths)
    {
        AttentionPlan plan = new();
        foreach (int length in lengths)
            plan.Append(length);
        return plan;
    }

    /// <summary>Adds a sequence's rows.</summary>
    /// <param name="rows">How many rows of the batch are its.</param>
    /// <param name="firstPosition">Position of the first of them.</param>
    /// <param name="blocks">Blocks of its positions 0 on, at least up to its last row.</param>
    /// <exception cref="ShapeException">There are too few blocks, or one has a negative number.</exception>
    public void Add(int rows, int firstPosition, ReadOnlySpan<int> blocks)
    {
        ShapeException.Require(
            (long)blocks.Length * KeyValueBlocks.BlockSize >= firstPosition + rows, "AttentionPlan", $"{blocks.Length} blocks do not hold positions up to {firstPosition + rows - 1}: give a block for every {KeyValueBlocks.BlockSize} positions, those before the first row included");
        foreach (int block in blocks)
            AddBlock(block);
        AddRows(rows, firstPosition, Sequences);
    }

    /// <summary>Adds rows that go on where the last sequence that continues no other ends, beside others that do the same.</summary>
    /// <param name="rows">How many rows of the batch are the continuation's.</param>
    /// <param name="ownBlocks">Blocks of its positions from the continued sequence's part-filled last block on (or from its end, where that is a block's).</param>
    /// <exception cref="ShapeException">
    /// There is nothing to continue, its part-filled last block holds positions whose rows are not in this batch, or there are too few blocks.
    /// </exception>
    public void AddContinuation(int rows, ReadOnlySpan<int> ownBlocks)
    {
        (int continued, int end) = Continued();
        int shared = end / KeyValueBlocks.BlockSize;
        bool copies = rows > 0 && end % KeyValueBlocks.BlockSize > 0;
        ShapeException.Require(
            !copies || _firstPosition[continued] <= shared * KeyValueBlocks.BlockSize, "AttentionPlan", $"the sequence to continue begins at position {_firstPosition[continued]}, within the block at its end: its rows from position {shared * KeyValueBlocks.BlockSize} on must be in this batch");
        ShapeException.Require(
            (long)(shared + ownBlocks.Length) * KeyValueBlocks.BlockSize >= (rows == 0 ? 0 : end + rows), "AttentionPlan", $"{ownBlocks.Length} blocks behind {shared} shared ones do not hold positions up to {end + rows - 1}: give a block for every {KeyValueBlocks.BlockSize} positions");
        for (int i = 0; i < shared; i++)
            _blocks.Add(_blocks[_firstBlock[continued] + i]);
        foreach (int block in ownBlocks)
            AddBlock(block);
        Writes += copies ? 1 : 0;
        AddRows(rows, end, continued);
    }

    /// <summary>Adds a whole sequence, whose keys lie in the next blocks that no other uses.</summary>
    public void Append(int rows)
    {
        AppendBlocks((rows + KeyValueBlocks.BlockSize - 1) / KeyValueBlocks.BlockSize);
        AddRows(rows, 0, Sequences);
    }

    /// <summary>Like <see cref="AddContinuation"/>, with the next blocks that no other uses.</summary>
    /// <exception cref="ShapeException">There is nothing to continue.</exception>
    public void AppendContinuation(int rows)
    {
        int end = Continued().End;
        int blocks = rows == 0 ? 0 : ((end + rows + KeyValueBlocks.BlockSize - 1) / KeyValueBlocks.BlockSize) - (end / KeyValueBlocks.BlockSize);
        Span<int> own = blocks <= 64 ? stackalloc int[blocks] : new int[blocks];
        for (int i = 0; i < blocks; i++)
            own[i] = BlocksNeeded + i;
        AddContinuation(rows, own);
    }

    /// <summary>Takes all sequences out and keeps the memory, for the next plan.</summary>
    /// <remarks>Not before the backward pass of what was recorded with the plan: it reads the plan again.</remarks>
    public void Clear()
    {
        _firstRow.RemoveRange(1, _firstRow.Count - 1);
        _firstPosition.Clear();
        _firstBlock.RemoveRange(1, _firstBlock.Count - 1);
        _blocks.Clear();
        _continued.Clear();
        (BlocksNeeded, LongestSequence, GroupCount, Writes) = (0, 0, 0, 0);
        Changed();
    }

    /// <summary>First row, number of rows and first position of a sequence.</summary>
    public (int FirstRow, int Rows, int FirstPosition) Sequence(int sequence) =>
        (_firstRow[sequence], _firstRow[sequence + 1] - _firstRow[sequence], _firstPosition[sequence]);

    /// <summary>Whether a sequence continues another.</summary>
    internal bool IsContinuation(int sequence) => _continued[sequence] != sequence;

    /// <summary>
    /// For kernels: per sequence (firstRow, rows, firstPosition, firstBlock), then the like of each copied part of a block, whose rows are those of the
    /// sequence that is continued; then all block numbers.
    /// </summary>
    internal Indices Pack()
    {
        if (!_isPacked)
        {
            Span<int> packed = _packed.Resize((4 * Writes) + _blocks.Count);
            int copy = 4 * Sequences;
            for (int s = 0; s < Sequences; s++)
            {
                Span<int> entry = packed.Slice(4 * s, 4);
                (entry[0], entry[1], entry[2]) = Sequence(s);
                entry[3] = (4 * Writes) + _firstBlock[s];
                int part = entry[2] % KeyValueBlocks.BlockSize;
                if (!IsContinuation(s) || entry[1] == 0 || part == 0)
                    continue;
                (int firstRow, int rows, _) = Sequence(_continued[s]);
                (packed[copy], packed[copy + 1], packed[copy + 2], packed[copy + 3]) = (firstRow + rows - part, part, entry[2] - part, entry[3]);
                copy += 4;
            }
            CollectionsMarshal.AsSpan(_blocks).CopyTo(packed[(4 * Writes)..]);
            _isPacked = true;
        }
        return _packed;
    }

    /// <summary>For kernels: pairs (first sequence, sequences), each standing for a sequence and those that continue it.</summary>
    internal Indices Groups()
    {
        if (!_hasGroups)
        {
            Span<int> groups = _groups.Resize(2 * GroupCount);
            int next = -2;
            for (int s = 0; s < Sequences; s++)
            {
                if (!IsContinuation(s))
                {
                    next += 2;
                    (groups[next], groups[next + 1]) = (s, 0);
                }
                groups[next + 1]++;
            }
            _hasGroups = true;
        }
        return _groups;
    }

    /// <summary>For kernels: pairs (sequence, first query), each standing for up to <paramref name="queries"/> rows of one sequence.</summary>
    internal Indices Items(int queries)
    {
        if (_queriesPerItem != queries)
        {
            int count = 0;
            for (int s = 0; s < Sequences; s++)
                count += (Sequence(s).Rows + queries - 1) / queries;
            Span<int> items = _items.Resize(2 * count);
            int next = 0;
            for (int s = 0; s < Sequences; s++)
            {
                for (int first = 0; first < Sequence(s).Rows; first += queries)
                {
                    items[next++] = s;
                    items[next++] = first;
                }
            }
            _queriesPerItem = queries;
        }
        return _items;
    }

    private (int Sequence, int End) Continued()
    {
        ShapeException.Require(Sequences > 0, "AttentionPlan", "there is no sequence to continue: add it first");
        int sequence = _continued[^1];
        return (sequence, _firstPosition[sequence] + Sequence(sequence).Rows);
    }

    private void AppendBlocks(int count)
    {
        for (int i = 0; i < count; i++)
            AddBlock(BlocksNeeded);
    }

    private void AddBlock(int block)
    {
        ShapeException.Require(block >= 0, "AttentionPlan", $"block {block} does not exist: blocks are numbered from 0");
        _blocks.Add(block);
        BlocksNeeded = Math.Max(BlocksNeeded, block + 1);
    }

    private void AddRows(int rows, int firstPosition, int continued)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(rows);
        GroupCount += continued == Sequences ? 1 : 0;
        Writes++;
        _continued.Add(continued);
        LongestSequence = Math.Max(LongestSequence, firstPosition + rows);
        _firstRow.Add(Rows + rows);
        _firstPosition.Add(firstPosition);
        _firstBlock.Add(_blocks.Count);
        Changed();
    }

    private void Changed()
    {
        Version++;
        _isPacked = false;
        _hasGroups = false;
        _hasPositions = false;
        _queriesPerItem = 0;
    }
}
