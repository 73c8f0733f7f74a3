using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Backward pass of <see cref="CausalAttention{TLanes}"/> over whole sequences and their continuations.</summary>
/// <remarks>
/// With p = e^(s - logSumExp) made again block by block and delta = sum over d of dy * y: dv = p^T dy; dp = dy V^T; ds = p * (dp - delta), times the slope of a cap;
/// dq = scale ds K; dk = scale ds^T q. An item is one group (a sequence and its continuations, such as a prompt and its completions) and one head of
/// keys with all its query heads, so no sum crosses items. Each sum is one chain: dq along the keys; dk and dv along the queries of the key's own sequence, head
/// by head, then of each continuation in order. So all that a continuation's rows are given has the bits of a layout that repeats what it continues.
/// </remarks>
internal readonly unsafe struct CausalAttentionBackward<TLanes>(
    AttentionShape shape, AttentionSettings settings, int* plan, int* groups, float* queries, float* keys, float* keyBlocks, float* valueBlocks, float* y, float* logSumExp,
    float* gradOutput, float* gradQueries, float* gradKeys, float* gradValues, float** scratch) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    private const int Block = KeyValueBlocks.BlockSize;

    /// <summary>Queries taken at once in a block that holds their own keys, of which the last are hidden from them.</summary>
    private const int DiagonalQueries = 32;

    /// <summary>Numbers of scratch memory each worker needs.</summary>
    public static int ScratchLength(int headDim) => (Block * ((2 * headDim) + (2 * Block) + 1)) + 64;

    private nint QueryStride => (nint)shape.Heads * shape.HeadDim;

    private nint KeyStride => (nint)shape.KvHeads * shape.HeadDim;

    public void Run(int item, int worker)
    {
        int kvHead = item % shape.KvHeads;
        int* group = groups + (2 * (item / shape.KvHeads));
        int* first = plan + (4 * group[0]);
        int* end = first + (4 * group[1]);
        int shared = (first[1] - (first[1] % Block)) / Block;
        OnlineSoftmax.Columns(scratch[worker] + (Block * 2 * (shape.HeadDim + Block)));
        int width = shape.Heads / shape.KvHeads * shape.HeadDim;
        for (int* sequence = first; sequence < end; sequence += 4)
        {
            for (int row = sequence[0]; row < sequence[0] + sequence[1]; row++)
            {
                new Span<float>(gradKeys + (row * KeyStride) + (kvHead * shape.HeadDim), shape.HeadDim).Clear();
                new Span<float>(gradValues + (row * KeyStride) + (kvHead * shape.HeadDim), shape.HeadDim).Clear();
                if (settings.Window > 0)                                   // else the first block, which every query sees, writes them
                    new Span<float>(gradQueries + (row * QueryStride) + (kvHead * width), width).Clear();
            }
        }

        // Blocks of the first sequence: its own queries, then, where the block is full, those of all continuations.
        for (int block = 0; block * Block < first[1]; block++)
        {
            TransposeValues(first, block, kvHead, scratch[worker]);
            for (int* sequence = first; sequence < (block < shared ? end : first + 4); sequence += 4)
                AddBlock(sequence, first, block, kvHead, scratch[worker]);
        }
        // Blocks of each continuation's own, of which the first may begin with a copy of the first sequence's last positions.
        for (int* sequence = first + 4; sequence < end; sequence += 4)
        {
            for (int block = shared; sequence[1] > 0 && block * Block < sequence[2] + sequence[1]; block++)
            {
                TransposeValues(sequence, block, kvHead, scratch[worker]);
                AddBlock(sequence, first, block, kvHead, scratch[worker]);
            }
        }

        for (int* sequence = first; sequence < end; sequence += 4)
        {
            for (int row = sequence[0]; row < sequence[0] + sequence[1]; row++)
            {
                float* heads = gradQueries + (row * QueryStride) + (kvHead * width);
                ScaledCopy.Run<TLanes>(heads, settings.Scale, heads, width);
            }
        }
    }

    private nint Place(int* sequence, int block, int kvHead) => (((nint)plan[sequence[3] + block] * shape.KvHeads) + kvHead) * shape.HeadDim * Block;

    // Values of a block as [dim, 64], with zeros where the sequence has ended.
    private void TransposeValues(int* sequence, int block, int kvHead, float* valuesT)
    {
        float* source = valueBlocks + Place(sequence, block, kvHead);
        int count = Math.Min(Block, sequence[2] + sequence[1] - (block * Block));
        int body = shape.HeadDim / 16 * 16;
        for (int d = 0; d < body; d += 16)
            for (int j = 0; j < count; j += 16)
                TLanes.Transpose(source + (j * shape.HeadDim) + d, shape.HeadDim, valuesT + (d * Block) + j, Block);
        for (int d = body; d < shape.HeadDim; d++)
            for (int j = 0; j < count; j++)
                valuesT[(d * Block) + j] = source[(j * shape.HeadDim) + d];
        for (int d = 0; d < shape.HeadDim; d++)
            new Span<float>(valuesT + (d * Block) + count, Block - count).Clear();
    }

    // What a sequence's queries give to the keys and values of one block, and are given by them. Of the block's keys the first are rows of the continued sequence,
    // the others of the queries' own.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddBlock(int* sequence, int* continued, int block, int kvHead, float* valuesT)
    {
        (int dim, int group) = (shape.HeadDim, shape.Heads / shape.KvHeads);
        (int firstRow, int firstPosition, int end) = (sequence[0], sequence[2], sequence[2] + sequence[1]);
        int start = block * Block;
        int count = Math.Min(Block, end - start);
        int lastQuery = settings.LastQuery(start + count - 1);
        end = lastQuery < end ? lastQuery + 1 : end;
        int before = Math.Clamp(firstPosition - start, 0, Block);
        int firstQuery = Math.Max(start, firstPosition);
        nint earlier = ((continued[0] + (nint)start) * KeyStride) + (kvHead * dim);
        nint own = ((firstRow + (nint)start + before - firstPosition) * KeyStride) + (kvHead * dim);
        nint place = Place(sequence, block, kvHead);
        float* q = valuesT + (Block * dim);                                // [64, dim], scaled
        float* p = q + (Block * dim);                                      // [64 queries, 64 keys]
        float* ds = p + (Block * Block);                                   // [64 queries, 64 keys]
        float* columns = ds + (Block * Block);                             // 0 to 63

        for (int head = kvHead * group; head < (kvHead + 1) * group; head++)
        {
            int queryCount;
            for (int query = firstQuery; query < end; query += queryCount)
            {
                queryCount = Math.Min(query < start + Block ? DiagonalQueries : Block, end - query);
                int columnCount = Math.Min(count, query + queryCount - start);
                int padded = (columnCount + 15) / 16 * 16;
                nint row = firstRow + query - firstPosition;
                nint offset = (row * QueryStride) + (head * dim);
                for (int i = 0; i < queryCount; i++)
                    ScaledCopy.Run<TLanes>(queries + offset + (i * QueryStride), settings.Scale, q + (i * dim), dim);
                MatMulTile.Run<TLanes>(queryCount, dim, q, dim, 1, keyBlocks + place, Block, p, Block, padded, accumulate: false);
                MatMulTile.Run<TLanes>(queryCount, dim, gradOutput + offset, QueryStride, 1, valuesT, Block, ds, Block, padded, accumulate: false);
                for (int i = 0; i < queryCount; i++)
                {
                    nint outputs = offset + (i * QueryStride);
                    float delta = Dot(gradOutput + outputs, y + outputs, dim);
                    int seen = Math.Min(count, query + i - start + 1);
                    int hidden = settings.FirstKey(query + i) - start;
                    float total = logSumExp[((row + i) * shape.Heads) + head];
                    if (hidden > 0 || settings.SoftCap > 0)
                        AttentionScores.Gradients<TLanes>(p + (i * Block), ds + (i * Block), hidden, seen, padded, columns, total, delta, settings.SoftCap);
                    else
                        ScoreGradients(p + (i * Block), ds + (i * Block), seen, padded, columns, total, delta);
                }
                AddToKeys(earlier, before, p, ds, q, offset, queryCount);
                AddToKeys(own, columnCount - before, p + before, ds + before, q, offset, queryCount);
                AddToQueries(earlier, before, ds, offset, queryCount, accumulate: block > 0 || settings.Window > 0);
                AddToQueries(own, columnCount - before, ds + before, offset, queryCount, accumulate: block > 0 || before > 0 || settings.Window > 0);
            }
        }
    }

    // dv = p^T dy and dk = ds^T q of `count` rows of keys.
    private void AddToKeys(nint keyRows, int count, float* p, float* ds, float* q, nint offset, int queryCount)
    {
        if (count <= 0)
            return;
        int dim = shape.HeadDim;
        for (int d = 0; d < dim; d += MatMulTile.PanelWidth)
        {
            int columns = Math.Min(MatMulTile.PanelWidth, dim - d);
            MatMulTile.Run<TLanes>(count, queryCount, p, 1, Block, gradOutput + offset + d, QueryStride, gradValues + keyRows + d, KeyStride, columns, accumulate: true);
            MatMulTile.Run<TLanes>(count, queryCount, ds, 1, Block, q + d, dim, gradKeys + keyRows + d, KeyStride, columns, accumulate: true);
        }
    }

    // dq = ds K over `count` rows of keys; scaled at the end.
    private void AddToQueries(nint keyRows, int count, float* ds, nint offset, int queryCount, bool accumulate)
    {
        if (count <= 0)
            return;
        int dim = shape.HeadDim;
        for (int d = 0; d < dim; d += MatMulTile.PanelWidth)
        {
            MatMulTile.Run<TLanes>(
                queryCount, count, ds, Block, 1, keys + keyRows + d, KeyStride, gradQueries + offset + d, QueryStride, Math.Min(MatMulTile.PanelWidth, dim - d), accumulate);
        }
    }

    // Scores become probabilities in p; gradients by probabilities become gradients by scores in ds; keys beyond `own` get zero in both.
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static void ScoreGradients(float* p, float* ds, int own, int padded, float* columns, float logSumExp, float delta)
    {
        TLanes shift = TLanes.Broadcast(logSumExp);
        TLanes mean = TLanes.Broadcast(delta);
        TLanes end = TLanes.Broadcast(own);
        for (int j = 0; j < padded; j += 16)
        {
            TLanes column = TLanes.Load(columns + j);
            TLanes probability = Elementary.ExpOfNonPositive(TLanes.Load(p + j) - shift);          // above 0 by no more than rounding
            probability = TLanes.SelectLess(column, end, probability, TLanes.Zero);
            TLanes.Store(probability, p + j);
            TLanes.Store(TLanes.SelectLess(column, end, probability * (TLanes.Load(ds + j) - mean), TLanes.Zero), ds + j);
        }
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
