using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>One query row's step of online softmax over one block of 64 keys (Milakov and Gimelshein 2018, arXiv:1805.02867).</summary>
internal static unsafe class OnlineSoftmax
{
    /// <summary>Numbers 0 to 63, which tell masked columns from others.</summary>
    public static void Columns(float* columns)
    {
        for (int j = 0; j < KeyValueBlocks.BlockSize; j++)
            columns[j] = j;
    }

    /// <summary>Scores become probabilities relative to the new maximum; what was summed before is brought to it.</summary>
    /// <param name="s">Scores of the block, [padded]; overwritten by the probabilities, 0 in masked columns.</param>
    /// <param name="own">Columns the query may see, 0 to 64; the others are masked.</param>
    /// <param name="padded">Columns to work on: a multiple of 16, at least <paramref name="own"/>.</param>
    /// <param name="columns">What <see cref="Columns"/> wrote.</param>
    /// <param name="o">Sum of probabilities times values so far, [dim].</param>
    /// <param name="dim">Length of <paramref name="o"/>, a multiple of 16.</param>
    /// <param name="max">Largest score so far.</param>
    /// <param name="sum">Sum of probabilities so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Fold<TLanes>(float* s, int own, int padded, float* columns, float* o, int dim, ref float max, ref float sum)
        where TLanes : struct, ILanes<TLanes>
    {
        if (own < padded)
        {
            TLanes end = TLanes.Broadcast(own);
            TLanes masked = TLanes.Broadcast(float.NegativeInfinity);
            int last = own / 16 * 16;
            TLanes.Store(TLanes.SelectLess(TLanes.Load(columns + last), end, TLanes.Load(s + last), masked), s + last);
            for (int j = last + 16; j < padded; j += 16)
                TLanes.Store(TLanes.Zero, s + j);
            padded = last + 16;
        }
        TLanes largest = TLanes.Load(s);
        for (int j = 16; j < padded; j += 16)
            largest = TLanes.Max(largest, TLanes.Load(s + j));
        float newMax = MathF.Max(max, TLanes.MaxLane(largest));
        TLanes shift = TLanes.Broadcast(newMax);
        TLanes low = TLanes.Zero;
        TLanes high = TLanes.Zero;
        for (int j = 0; j < padded; j += 16)
        {
            TLanes p = Elementary.ExpOfNonPositive(TLanes.Load(s + j) - shift);
            TLanes.Store(p, s + j);
            if (j < 32)
                low += p;
            else
                high += p;
        }
        if (max != newMax)
        {
            if (max > float.NegativeInfinity)                              // before the first block there is nothing to bring along
            {
                TLanes factor = Elementary.ExpOfNonPositive(TLanes.Broadcast(max - newMax));
                sum *= TLanes.MaxLane(factor);
                for (int d = 0; d < dim; d += 16)
                    TLanes.Store(TLanes.Load(o + d) * factor, o + d);
            }
            max = newMax;
        }
        sum += TLanes.Sum(low + high);
    }
}
