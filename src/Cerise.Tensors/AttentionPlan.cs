using System.Runtime.InteropServices;

namespace Cerise.Tensors;

/// <summary>Which rows of a batch belong to which sequence, at which positions, and in which blocks the sequence's keys and values lie.</summary>
/// <remarks>
/// The rows of a sequence are consecutive, at consecutive positions; a row attends to all positions up to its own. A plan that is cleared and filled again
/// keeps its memory, so that a decoding loop allocates nothing once it is warm.
/// </remarks>
public sealed class AttentionPlan
{
    private readonly List<int> _firstRow = [0];
    private readonly List<int> _firstPosition = [];
    private readonly List<int> _firstBlock = [0];
    private readonly List<int> _blocks = [];
    private readonly Indices _positions = new();
    private readonly Indices _packed = new();
    private readonly Indices _items = new();
    private bool _isPacked;
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
        Changed();
    }

    /// <summary>Takes all sequences out and keeps the memory, for the next plan.</summary>
    /// <remarks>Not before the backward pass of what was recorded with the plan: it reads the plan again.</remarks>
    public void Clear()
    {
        _firstRow.RemoveRange(1, _firstRow.Count - 1);
        _firstPosition.Clear();
        _firstBlock.RemoveRange(1, _firstBlock.Count - 1);
        _blocks.Clear();
        (BlocksNeeded, LongestSequence) = (0, 0);
        Changed();
    }

    /// <summary>First row, number of rows and first position of a sequence.</summary>
    public (int FirstRow, int Rows, int FirstPosition) Sequence(int sequence) =>
        (_firstRow[sequence], _firstRow[sequence + 1] - _firstRow[sequence], _firstPosition[sequence]);

    /// <summary>For kernels: per sequence (firstRow, rows, firstPosition, firstBlock), then all block numbers.</summary>
    internal Indices Pack()
    {
        if (!_isPacked)
        {
            Span<int> packed = _packed.Resize((4 * Sequences) + _blocks.Count);
            for (int s = 0; s < Sequences; s++)
            {
                (packed[4 * s], packed[(4 * s) + 1], packed[(4 * s) + 2]) = Sequence(s);
                packed[(4 * s) + 3] = (4 * Sequences) + _firstBlock[s];
            }
            CollectionsMarshal.AsSpan(_blocks).CopyTo(packed[(4 * Sequences)..]);
            _isPacked = true;
        }
        return _packed;
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

    private void Changed()
    {
        _isPacked = false;
        _hasPositions = false;
        _queriesPerItem = 0;
    }
}
