using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Backward pass of <see cref="CausalAttention{TLanes}"/> over whole sequences.</summary>
/// <remarks>
/// With p = e^(s - logSumExp) made again block by block and delta = sum over d of dy * y: dv = p^T dy; dp = dy V^T; ds = p * (dp - delta);
/// dq = ds K / sqrt(D); dk = ds^T q / sqrt(D). An item is one sequence and one head of keys with all its query heads, so no sum crosses items.
/// </remarks>
internal readonly unsafe struct CausalAttentionBackward<TLanes>(
    AttentionShape shape, int* plan, float* queries, float* keys, float* keyBlocks, float* valueBlocks, float* y, float* logSumExp,
    float* gradOutput, float* gradQueries, float* gradKeys, float* gradValues, float** scratch) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    private const int Block = KeyValueBlocks.BlockSize;

    /// <summary>Numbers of scratch memory each worker needs.</summary>
    public static int ScratchLength(int headDim) => (Block * ((2 * headDim) + (2 * Block))) + 64;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        (int dim, int group) = (shape.HeadDim, shape.Heads / shape.KvHeads);
        int kvHead = item % shape.KvHeads;
        int* entry = plan + (4 * (item / shape.KvHeads));
        (int firstRow, int length) = (entry[0], entry[1]);
        int* blocks = plan + entry[3];
        nint queryStride = (nint)shape.Heads * dim;
        nint keyStride = (nint)shape.KvHeads * dim;
        float* q = scratch[worker];                                        // [64, dim], scaled
        float* valuesT = q + (Block * dim);                                // [dim, 64]
        float* p = valuesT + (Block * dim);                                // [64 queries, 64 keys]
        float* ds = p + (Block * Block);                                   // [64 queries, 64 keys]
        float scale = (float)(1 / Math.Sqrt(dim));

        for (int keyStart = 0; keyStart < length; keyStart += Block)
        {
            int keyCount = Math.Min(Block, length - keyStart);
            nint place = ((nint)blocks[keyStart / Block] * shape.KvHeads + kvHead) * dim * Block;
            for (int d = 0; d < dim; d++)
                for (int j = 0; j < Block; j++)
                    valuesT[(d * Block) + j] = j < keyCount ? valueBlocks[place + (j * dim) + d] : 0;
            float* keyRows = keys + ((firstRow + keyStart) * keyStride) + (kvHead * dim);
            float* gradKeyRows = gradKeys + ((firstRow + keyStart) * keyStride) + (kvHead * dim);
            float* gradValueRows = gradValues + ((firstRow + keyStart) * keyStride) + (kvHead * dim);
            for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
            {
                for (int queryStart = keyStart; queryStart < length; queryStart += Block)
                {
                    int queryCount = Math.Min(Block, length - queryStart);
                    nint offset = ((firstRow + queryStart) * queryStride) + (head * dim);
                    bool first = head == kvHead * group && queryStart == keyStart;
                    for (int i = 0; i < queryCount; i++)
                        ScaledCopy.Run<TLanes>(queries + offset + (i * queryStride), scale, q + (i * dim), dim);
                    MatMulTile.Run<TLanes>(queryCount, dim, q, dim, 1, keyBlocks + place, Block, p, Block, Block, accumulate: false);
                    MatMulTile.Run<TLanes>(queryCount, dim, gradOutput + offset, queryStride, 1, valuesT, Block, ds, Block, Block, accumulate: false);
                    for (int i = 0; i < queryCount; i++)
                    {
                        nint row = offset + (i * queryStride);
                        float delta = Dot(gradOutput + row, y + row, dim);
                        float lse = logSumExp[((nint)(firstRow + queryStart + i) * shape.Heads) + head];
                        ScoreGradients(p + (i * Block), ds + (i * Block), Math.Min(keyCount, queryStart + i - keyStart + 1), lse, delta);
                    }
                    for (int d = 0; d < dim; d += MatMulTile.PanelWidth)
                    {
                        int columns = Math.Min(MatMulTile.PanelWidth, dim - d);
                        MatMulTile.Run<TLanes>(keyCount, queryCount, p, 1, Block, gradOutput + offset + d, queryStride, gradValueRows + d, keyStride, columns, accumulate: !first);
                        MatMulTile.Run<TLanes>(keyCount, queryCount, ds, 1, Block, q + d, dim, gradKeyRows + d, keyStride, columns, accumulate: !first);
                        MatMulTile.Run<TLanes>(queryCount, keyCount, ds, Block, 1, keyRows + d, keyStride, gradQueries + offset + d, queryStride, columns, accumulate: keyStart > 0);
                    }
                }
            }
        }
        for (int i = 0; i < length; i++)
        {
            float* heads = gradQueries + ((firstRow + i) * queryStride) + (kvHead * group * dim);
            ScaledCopy.Run<TLanes>(heads, scale, heads, group * dim);
        }
    }

    // Scores become probabilities in p; gradients by probabilities become gradients by scores in ds; keys beyond `own` get zero in both.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void ScoreGradients(float* p, float* ds, int own, float logSumExp, float delta)
    {
        for (int j = own; j < Block; j++)
            p[j] = float.NegativeInfinity;
        TLanes shift = TLanes.Broadcast(logSumExp);
        TLanes mean = TLanes.Broadcast(delta);
        for (int j = 0; j < Block; j += 16)
        {
            TLanes probability = Elementary.Exp(TLanes.Load(p + j) - shift);
            TLanes.Store(probability, p + j);
            TLanes.Store(probability * (TLanes.Load(ds + j) - mean), ds + j);
        }
        for (int j = own; j < Block; j++)
            ds[j] = 0;
    }

    private static float Dot(float* a, float* b, int length)
    {
        TLanes total = TLanes.Zero;
        for (int i = 0; i < length; i += 16)
        {
            int count = Math.Min(16, length - i);
            total = count == 16 ? TLanes.Fma(TLanes.Load(a + i), TLanes.Load(b + i), total) : TLanes.Fma(TLanes.LoadPart(a + i, count), TLanes.LoadPart(b + i, count), total);
        }
        return TLanes.Sum(total);
    }
}
