using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Attention of sequences with one query row each over a cache, to which the rows' keys and values are added on the way: a step of decoding.</summary>
/// <remarks>
/// The same sums in the same order as <see cref="WriteKeyValues"/> and <see cref="CausalAttention{TLanes}"/>. There, an item is one head; here it is whole sequences,
/// block after block with all heads inside, so that the keys and values of a block are read as one long stream: memory is what bounds the time. Full blocks that
/// all sequences of an item begin with are read once for all of them.
/// </remarks>
internal readonly unsafe struct DecodeAttention<TLanes>(
    AttentionShape shape, AttentionSettings settings, int* plan, int* order, int* items, float* queries, float* keys, float* values, float* keyBlocks, float* valueBlocks, float* y, float* logSumExp,
    float** scratch) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    private const int Block = KeyValueBlocks.BlockSize;

    private int Group => shape.Heads / shape.KvHeads;

    // Numbers of a block that belong to one head, of keys and of values alike.
    private nint HeadLength => (nint)shape.HeadDim * Block;

    /// <summary>Numbers of scratch memory each worker needs.</summary>
    public static int ScratchLength(AttentionShape shape)
    {
        int sequences = DecodeSchedule.MostSequences(shape);
        return DecodeRows.Length(sequences * shape.Heads, shape.HeadDim) + DecodeRows.Length(sequences * shape.Heads / shape.KvHeads, shape.HeadDim) + Block;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        int* entry = items + (DecodeSchedule.ItemLength * item);
        (int first, int count, int sharedBlocks, int firstHead, int heads) = (entry[0], entry[1], entry[2], entry[3], entry[4]);
        float* columns = scratch[worker];
        OnlineSoftmax.Columns(columns);
        DecodeRows rows = new(columns + Block, count * heads * Group, shape.HeadDim);        // by sequence, then head
        rows.Clear(count * heads * Group);
        for (int i = 0; i < count; i++)
        {
            float* source = queries + (QueryIndex(order[first + i], firstHead) * shape.HeadDim);
            float* target = rows.Queries + (i * heads * Group * rows.Stride);
            for (int row = 0; row < heads * Group; row++)
                ScaledCopy.Run<TLanes>(source + (row * shape.HeadDim), settings.Scale, target + (row * rows.Stride), shape.HeadDim);
        }

        if (sharedBlocks > 0)
        {
            DecodeRows together = new(columns + Block + DecodeRows.Length(count * heads * Group, shape.HeadDim), count * Group, shape.HeadDim);
            for (int head = 0; head < heads; head++)
                AttendTogether(order + first, sharedBlocks, firstHead, head, heads, count, rows, together, columns);
        }
        for (int i = 0; i < count; i++)
        {
            int sequence = order[first + i];
            int row = i * heads * Group;
            AttendAlone(sequence, i + 1 < count ? order[first + i + 1] : -1, sharedBlocks, firstHead, heads, rows, row, columns);
            nint index = QueryIndex(sequence, firstHead);
            for (int r = 0; r < heads * Group; r++)
            {
                float sum = rows.Sum[row + r];
                ScaledCopy.Run<TLanes>(rows.Sums + ((row + r) * rows.Stride), 1 / sum, y + ((index + r) * shape.HeadDim), shape.HeadDim);
                logSumExp[index + r] = rows.Max[row + r] + MathF.Log(sum);
            }
        }
    }

    // Number of a sequence's first query head that belongs to a key head, among all rows' heads.
    private nint QueryIndex(int sequence, int kvHead) => ((nint)plan[4 * sequence] * shape.Heads) + (kvHead * Group);

    private nint Place(int sequence, int block, int kvHead) => (((nint)plan[plan[(4 * sequence) + 3] + block] * shape.KvHeads) + kvHead) * HeadLength;

    // The first block of which a sequence's query sees some key.
    private int FirstBlock(int sequence) => settings.FirstKey(plan[(4 * sequence) + 2]) / Block;

    // One key head of the full blocks that all sequences of the item begin with.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AttendTogether(int* sequences, int blocks, int firstHead, int head, int heads, int count, DecodeRows all, DecodeRows tile, float* columns)
    {
        int group = Group;
        int rows = count * group;
        for (int row = 0; row < rows; row++)
            Copy(all.Queries + (Apart(row) * all.Stride), tile.Queries + (row * tile.Stride), tile.Stride);
        tile.Clear(rows);
        int start = blocks;
        for (int i = 0; i < count; i++)
            start = Math.Min(start, FirstBlock(sequences[i]));
        for (int block = start; block < blocks; block++)
        {
            nint place = Place(sequences[0], block, firstHead + head);
            MatMulTile.Run<TLanes>(rows, shape.HeadDim, tile.Queries, tile.Stride, 1, keyBlocks + place, Block, tile.Scores, Block, Block, accumulate: false);
            if (settings.SoftCap > 0)
                SoftCap.Run<TLanes>(tile.Scores, rows * Block, settings.SoftCap);
            for (int row = 0; row < rows; row++)
            {
                float* scores = tile.Scores + (row * Block);
                int hidden = settings.FirstKey(plan[(4 * sequences[row / group]) + 2]) - (block * Block);
                if (hidden >= Block)
                {
                    new Span<float>(scores, Block).Clear();                // before the query's first block: adds 0 to sums that are 0 so far
                    continue;
                }
                if (hidden > 0)
                    AttentionScores.HideBefore<TLanes>(scores, hidden, columns);
                OnlineSoftmax.Fold<TLanes>(scores, Block, Block, columns, tile.Sums + (row * tile.Stride), tile.Stride, ref tile.Max[row], ref tile.Sum[row]);
            }
            for (int d = 0; d < tile.Stride; d += MatMulTile.PanelWidth)
            {
                MatMulTile.Run<TLanes>(
                    rows, Block, tile.Scores, Block, 1, valueBlocks + place + d, shape.HeadDim, tile.Sums + d, tile.Stride,
                    Math.Min(MatMulTile.PanelWidth, tile.Stride - d), accumulate: true);
            }
        }
        for (int row = 0; row < rows; row++)
        {
            Copy(tile.Sums + (row * tile.Stride), all.Sums + (Apart(row) * all.Stride), tile.Stride);
            all.Max[Apart(row)] = tile.Max[row];
            all.Sum[Apart(row)] = tile.Sum[row];
        }

        // Where a row of the tile lies among the item's: there, a sequence's heads are together; here, a head's sequences.
        int Apart(int row) => (((row / group * heads) + head) * group) + (row % group);
    }

    // One sequence's further blocks, the one its own row belongs to last.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AttendAlone(int sequence, int following, int firstBlock, int firstHead, int heads, DecodeRows all, int row, float* columns)
    {
        int position = plan[(4 * sequence) + 2];
        int last = position / Block;
        int rows = heads * Group;
        float* scores = all.Scores + (row * Block);
        float* sums = all.Sums + (row * all.Stride);
        int firstKey = settings.FirstKey(position);
        for (int block = Math.Max(firstBlock, firstKey / Block); block <= last; block++)
        {
            nint place = Place(sequence, block, firstHead);
            nint next = block < last ? Place(sequence, block + 1, firstHead) - place
                : following >= 0 ? Place(following, Math.Max(firstBlock, FirstBlock(following)), firstHead) - place : 0;
            if (block == last)
                Write(sequence, firstHead, heads, place, position % Block);
            int valid = Math.Min(Block, position - (block * Block) + 1);
            int padded = (valid + 15) / 16 * 16;
            Multiply(rows, shape.HeadDim, all.Queries + (row * all.Stride), all.Stride, keyBlocks + place, Block, scores, Block, padded, accumulate: false, next);
            if (settings.SoftCap > 0)
                SoftCap.Run<TLanes>(scores, rows * Block, settings.SoftCap);
            for (int r = 0; firstKey > block * Block && r < rows; r++)
                AttentionScores.HideBefore<TLanes>(scores + (r * Block), firstKey - (block * Block), columns);
            for (int r = 0; r < rows; r++)
                OnlineSoftmax.Fold<TLanes>(scores + (r * Block), valid, padded, columns, sums + (r * all.Stride), all.Stride, ref all.Max[row + r], ref all.Sum[row + r]);
            Multiply(rows, valid, scores, Block, valueBlocks + place, shape.HeadDim, sums, all.Stride, all.Stride, accumulate: true, next);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Multiply(int rows, int depth, float* a, nint aRow, float* b, nint bStep, float* c, nint cRow, int columns, bool accumulate, nint next)
    {
        if (Group >= 3)                                                    // enough rows of one head to fill a tile, which then reads each number once for all
        {
            for (int head = 0; head < rows / Group; head++)
            {
                for (int column = 0; column < columns; column += MatMulTile.PanelWidth)
                {
                    MatMulTile.Run<TLanes>(
                        Group, depth, a + (head * Group * aRow), aRow, 1, b + (head * HeadLength) + column, bStep, c + (head * Group * cRow) + column, cRow,
                        Math.Min(MatMulTile.PanelWidth, columns - column), accumulate);
                }
            }
            return;
        }
        int widest = typeof(TLanes) == typeof(Lanes512) ? MatMulTile.PanelWidth : 16;        // eight sums of 512 bits fit the registers; elsewhere four of 16 lanes do
        for (int column = 0, width; column < columns; column += width)
        {
            width = Math.Min(widest, columns - column);
            switch (width)
            {
                case 64:
                    RowTile<TLanes, Row4<TLanes>>.Run(rows, Group, depth, a, aRow, b + column, bStep, HeadLength, c + column, cRow, accumulate, next);
                    break;
                case 48:
                    RowTile<TLanes, Row3<TLanes>>.Run(rows, Group, depth, a, aRow, b + column, bStep, HeadLength, c + column, cRow, accumulate, next);
                    break;
                case 32:
                    RowTile<TLanes, Row2<TLanes>>.Run(rows, Group, depth, a, aRow, b + column, bStep, HeadLength, c + column, cRow, accumulate, next);
                    break;
                default:
                    RowTile<TLanes, Row1<TLanes>>.Run(rows, Group, depth, a, aRow, b + column, bStep, HeadLength, c + column, cRow, accumulate, next);
                    break;
            }
        }
    }

    // The row's own keys and values: a column of the keys, a row of the values.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Write(int sequence, int firstHead, int heads, nint place, int column)
    {
        int dim = shape.HeadDim;
        nint source = (((nint)plan[4 * sequence] * shape.KvHeads) + firstHead) * dim;
        for (int head = 0; head < heads; head++, source += dim, place += HeadLength)
        {
            for (int d = 0; d < dim; d++)
                keyBlocks[place + ((nint)d * Block) + column] = keys[source + d];
            Copy(values + source, valueBlocks + place + ((nint)column * dim), dim);
        }
    }

    private static void Copy(float* source, float* target, int length) => new ReadOnlySpan<float>(source, length).CopyTo(new Span<float>(target, length));
}
