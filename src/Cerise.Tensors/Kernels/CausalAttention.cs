using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Causal grouped-query attention with online softmax over blocks of 64 keys (Dao 2023, arXiv:2307.08691), forward.</summary>
/// <remarks>
/// For each query, over its blocks from position 0, or the first of its window, on: s = cap((scale q) K^T); m' = max(m, max s); p = e^(s - m'); l = l e^(m - m') + sum p; o = o e^(m - m') + p V;
/// at the end y = o / l and logSumExp = m + ln l. Blocks are aligned to absolute positions and each sum is a fixed chain, so a query's result depends on its own
/// sequence alone. A masked key has p exactly 0; a block of which a query sees no key is none of its business.
/// An item is one head of keys with up to <see cref="TileRows"/> (query, query head) rows of one sequence.
/// </remarks>
internal readonly unsafe struct CausalAttention<TLanes>(
    AttentionShape shape, AttentionSettings settings, int* plan, int* items, float* queries, float* keys, float* values, float* y, float* logSumExp, float** scratch) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Rows worked on at once.</summary>
    public const int TileRows = AttentionShape.LargestGroup;

    private const int Block = KeyValueBlocks.BlockSize;

    /// <summary>Numbers of scratch memory each worker needs.</summary>
    public static int ScratchLength(int headDim) => (TileRows * ((2 * (headDim + 16)) + Block + 2)) + Block;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        (int dim, int group) = (shape.HeadDim, shape.Heads / shape.KvHeads);
        int sequence = items[2 * (item / shape.KvHeads)];
        int firstQuery = items[(2 * (item / shape.KvHeads)) + 1];
        int kvHead = item % shape.KvHeads;
        int* entry = plan + (4 * sequence);
        (int firstRow, int sequenceRows, int firstPosition) = (entry[0], entry[1], entry[2]);
        int* blocks = plan + entry[3];
        int queryCount = Math.Min(shape.QueriesPerItem(TileRows), sequenceRows - firstQuery);
        int rows = queryCount * group;
        int position = firstPosition + firstQuery;
        int lastPosition = position + queryCount - 1;

        int width = (dim + 15) / 16 * 16;                                  // whole vectors: what lies beyond dim is never read back
        float* q = scratch[worker];                                        // [rows, dim], scaled
        float* o = q + (TileRows * dim);                                   // [rows, width]
        float* s = o + (TileRows * width);                                   // [rows, 64]
        float* max = s + (TileRows * Block);                               // [rows]
        float* sum = max + TileRows;                                       // [rows]
        float* columns = sum + TileRows;                                   // [64]
        OnlineSoftmax.Columns(columns);
        for (int row = 0; row < rows; row++)
        {
            float* source = queries + (((nint)(firstRow + firstQuery + (row / group)) * shape.Heads) + (kvHead * group) + (row % group)) * dim;
            ScaledCopy.Run<TLanes>(source, settings.Scale, q + (row * dim), dim);
            new Span<float>(o + (row * width), width).Clear();
            max[row] = float.NegativeInfinity;
            sum[row] = 0;
        }

        for (int block = settings.FirstKey(position) / Block; block <= lastPosition / Block; block++)
        {
            int start = block * Block;
            nint place = ((nint)blocks[block] * shape.KvHeads + kvHead) * dim * Block;
            int valid = Math.Min(Block, lastPosition - start + 1);
            int padded = (valid + 15) / 16 * 16;
            // Rows of the queries that see some of the block's keys.
            int first = Math.Max(0, start - position) * group;
            int seeing = ((Math.Min(queryCount - 1, settings.LastQuery(start + Block - 1) - position) + 1) * group) - first;
            float* scores = s + (first * Block);
            float* sums = o + (first * width);
            MatMulTile.Run<TLanes>(seeing, dim, q + (first * dim), dim, 1, keys + place, Block, scores, Block, padded, accumulate: false);
            if (settings.SoftCap > 0)
                SoftCap.Run<TLanes>(scores, seeing * Block, settings.SoftCap);
            for (int row = 0; row < seeing; row++)
            {
                int own = position + ((first + row) / group);
                int hidden = settings.FirstKey(own) - start;
                if (hidden > 0)
                    AttentionScores.HideBefore<TLanes>(scores + (row * Block), hidden, columns);
                OnlineSoftmax.Fold<TLanes>(
                    scores + (row * Block), Math.Min(own - start + 1, Block), padded, columns, sums + (row * width), width, ref max[first + row], ref sum[first + row]);
            }
            for (int d = 0; d < width; d += MatMulTile.PanelWidth)
                MatMulTile.Run<TLanes>(seeing, valid, scores, Block, 1, values + place + d, dim, sums + d, width, Math.Min(MatMulTile.PanelWidth, width - d), accumulate: true);
        }

        for (int row = 0; row < rows; row++)
        {
            nint index = ((nint)(firstRow + firstQuery + (row / group)) * shape.Heads) + (kvHead * group) + (row % group);
            float inverse = 1 / sum[row];
            ScaledCopy.Run<TLanes>(o + (row * width), inverse, y + (index * dim), dim);
            logSumExp[index] = max[row] + MathF.Log(sum[row]);
        }
    }
}
