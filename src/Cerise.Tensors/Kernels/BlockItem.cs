namespace Cerise.Tensors.Kernels;

/// <summary>A share of a strip's blocks: several rows of one block, or several blocks of the few rows there are.</summary>
internal readonly struct BlockItem
{
    // Blocks of an item: enough to be worth handing out.
    private const int Blocks = 8;

    /// <summary>Item number <paramref name="item"/> of <see cref="Count"/>.</summary>
    public BlockItem(HeadLogits logits, int strip, int item)
    {
        (int rowsEach, int blocksEach, int rowItems, int firstBlock, int lastBlock) = Cut(logits, strip);
        FirstRow = item % rowItems * rowsEach;
        LastRow = Math.Min(logits.Rows, FirstRow + rowsEach);
        FirstBlock = firstBlock + (item / rowItems * blocksEach);
        LastBlock = Math.Min(lastBlock, FirstBlock + blocksEach);
    }

    /// <summary>The first row.</summary>
    public int FirstRow { get; }

    /// <summary>The row after the last.</summary>
    public int LastRow { get; }

    /// <summary>The first block of the vocabulary.</summary>
    public int FirstBlock { get; }

    /// <summary>The block after the last.</summary>
    public int LastBlock { get; }

    /// <summary>Items of a strip.</summary>
    public static int Count(HeadLogits logits, int strip)
    {
        (_, int blocksEach, int rowItems, int firstBlock, int lastBlock) = Cut(logits, strip);
        return rowItems * ((lastBlock - firstBlock + blocksEach - 1) / blocksEach);
    }

    private static (int RowsEach, int BlocksEach, int RowItems, int FirstBlock, int LastBlock) Cut(HeadLogits logits, int strip)
    {
        int rowsEach = Math.Clamp(logits.Rows, 1, Blocks);
        int firstBlock = logits.First(strip) / SoftmaxRow.BlockLength;
        return (rowsEach, Blocks / rowsEach, (logits.Rows + rowsEach - 1) / rowsEach, firstBlock, firstBlock + SoftmaxRow.Blocks(logits.Width(strip)));
    }
}
