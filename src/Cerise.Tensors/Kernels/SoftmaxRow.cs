using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Statistics of softmax over a row of logits: the one place where log-probabilities come from, in sampling, scoring and training.</summary>
/// <remarks>
/// With z = logits * inverseTemperature, a row is cut into blocks of 1024 token ids. Of each block: m = max z, S = sum of e^(z - m), E = sum of e^(z - m) (z - m),
/// each in sixteen lanes in the order of ids. Of the row, in the order of blocks: M = max m, S = sum of e^(m - M) S, and the entropy ln S - E / S with
/// E = sum of e^(m - M) (E + (m - M) S). Blocks begin at fixed ids, so how vocabulary and rows are shared out among strips and threads changes no bit, and
/// a block is read once, while it is still in the cache from being made.
/// </remarks>
internal static unsafe class SoftmaxRow
{
    // The loops here and in the other kernels of the head may not be inlined: the compiler inlines only so much into one method, and once a caller is
    // recompiled with two of these loops inside, its lanes go through memory, at twenty times the cost.

    /// <summary>Token ids of a block.</summary>
    public const int BlockLength = 1024;

    /// <summary>Least difference that is multiplied with its own exponential: e^-10000 is 0, and so 0 * -infinity stays out of the sums.</summary>
    public const float Floor = -1e4f;

    /// <summary>Statistics of one block.</summary>
    /// <param name="logits">The block's logits.</param>
    /// <param name="length">Tokens of the block, 1 to 1024.</param>
    /// <param name="inverseTemperature">1 / temperature.</param>
    /// <param name="max">m is written.</param>
    /// <param name="sum">S is written.</param>
    /// <param name="moment">E is written; null where no entropy is wanted.</param>
    public static void Block<TLanes>(float* logits, int length, float inverseTemperature, float* max, float* sum, float* moment)
        where TLanes : struct, ILanes<TLanes>
    {
        *max = Max<TLanes>(logits, length) * inverseTemperature;           // rounding keeps the order, so scaling may wait until after the maximum
        float shift = *max == float.NegativeInfinity ? 0 : *max;           // a block of impossible tokens sums to 0
        float* tail = stackalloc float[16];
        for (int i = length / 16 * 16; i < Padded(length); i++)
            tail[i % 16] = i < length ? logits[i] : float.NegativeInfinity;
        if (moment is null)
            *sum = Sum<TLanes>(logits, tail, length, inverseTemperature, shift);
        else
            (*sum, *moment) = SumAndMoment<TLanes>(logits, tail, length, inverseTemperature, shift);
    }

    /// <summary>Statistics of a row from those of its blocks; overwrites each block's sum with its share e^(m - M) S of the row's sum.</summary>
    /// <param name="blocks">Blocks of the row.</param>
    /// <param name="maxima">m of each block, readable and writable up to the next multiple of 16.</param>
    /// <param name="sums">S of each block, likewise.</param>
    /// <param name="moments">E of each block, likewise; null where no entropy is wanted, which is then NaN.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static RowStatistics Combine<TLanes>(int blocks, float* maxima, float* sums, float* moments)
        where TLanes : struct, ILanes<TLanes>
    {
        int padded = Padded(blocks);
        for (int b = blocks; b < padded; b++)
        {
            (maxima[b], sums[b]) = (float.NegativeInfinity, 0);
            if (moments is not null)
                moments[b] = 0;
        }
        float max = Max<TLanes>(maxima, padded);
        TLanes top = TLanes.Broadcast(max);
        TLanes floor = TLanes.Broadcast(Floor);
        for (int b = 0; b < padded; b += 16)
        {
            TLanes below = TLanes.Load(maxima + b) - top;
            TLanes scale = Elementary.ExpOfNonPositive(below);
            TLanes sum = TLanes.Load(sums + b);
            if (moments is not null)
                TLanes.Store(scale * TLanes.Fma(TLanes.Max(floor, below), sum, TLanes.Load(moments + b)), moments + b);
            TLanes.Store(scale * sum, sums + b);
        }
        double total = 0;
        double moment = 0;
        for (int b = 0; b < blocks; b++)
        {
            total += sums[b];
            if (moments is not null)
                moment += moments[b];
        }
        double logSum = Math.Log(total);
        return new RowStatistics(max, (float)logSum, moments is null ? float.NaN : (float)(logSum - (moment / total)));
    }

    /// <summary>The log-probability of one token. The maximum goes off first: added to the logarithm it would take the small digits with it, and logits of 1000 would leave log-probabilities 3e-5 off.</summary>
    public static float LogProb(float logit, float inverseTemperature, float max, float logSum) => (logit * inverseTemperature) - max - logSum;

    /// <summary>Blocks of a vocabulary.</summary>
    public static int Blocks(int vocab) => (vocab + BlockLength - 1) / BlockLength;

    /// <summary>The next multiple of sixteen.</summary>
    public static int Padded(int length) => (length + 15) / 16 * 16;

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Sum<TLanes>(float* logits, float* tail, int length, float inverseTemperature, float shift)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(inverseTemperature);
        TLanes top = TLanes.Broadcast(shift);
        TLanes total = TLanes.Zero;
        for (int i = 0; i < length; i += 16)
        {
            TLanes z = TLanes.Load(length - i >= 16 ? logits + i : tail);
            total += Elementary.ExpOfNonPositive((z * factor) - top);
        }
        return TLanes.Sum(total);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static (float Sum, float Moment) SumAndMoment<TLanes>(float* logits, float* tail, int length, float inverseTemperature, float shift)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes factor = TLanes.Broadcast(inverseTemperature);
        TLanes top = TLanes.Broadcast(shift);
        TLanes floor = TLanes.Broadcast(Floor);
        TLanes total = TLanes.Zero;
        TLanes product = TLanes.Zero;
        for (int i = 0; i < length; i += 16)
        {
            TLanes z = TLanes.Load(length - i >= 16 ? logits + i : tail);
            TLanes d = (z * factor) - top;
            TLanes e = Elementary.ExpOfNonPositive(d);
            total += e;
            product = TLanes.Fma(e, TLanes.Max(floor, d), product);
        }
        return (TLanes.Sum(total), TLanes.Sum(product));
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static float Max<TLanes>(float* values, int length)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes m0 = TLanes.Broadcast(float.NegativeInfinity);
        TLanes m1 = m0, m2 = m0, m3 = m0;                                  // four chains, for one would wait for itself
        int i = 0;
        for (; i + 64 <= length; i += 64)
        {
            m0 = TLanes.Max(m0, TLanes.Load(values + i));
            m1 = TLanes.Max(m1, TLanes.Load(values + i + 16));
            m2 = TLanes.Max(m2, TLanes.Load(values + i + 32));
            m3 = TLanes.Max(m3, TLanes.Load(values + i + 48));
        }
        for (; i + 16 <= length; i += 16)
            m0 = TLanes.Max(m0, TLanes.Load(values + i));
        if (i < length)
            m0 = TLanes.Max(m0, TLanes.LoadPart(values + i, length - i, float.NegativeInfinity));
        return TLanes.MaxLane(TLanes.Max(TLanes.Max(m0, m1), TLanes.Max(m2, m3)));
    }
}
