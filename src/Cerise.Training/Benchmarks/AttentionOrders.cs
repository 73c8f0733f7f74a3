using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cerise.Training.Benchmarks;

/// <summary>Attention of one query of one head over all its keys, in two orders. Keys lie in blocks of [channels, 64], values as [keys, channels].</summary>
internal static class AttentionOrders
{
    /// <summary>Channels of the head: three vectors.</summary>
    public const int HeadDim = 48;

    private const int Block = 64;

    /// <summary>The engine's order: blocks of 64 keys aligned to position 0; what was summed is brought to each block's new maximum.</summary>
    /// <param name="query">[48].</param>
    /// <param name="keys">Blocks of [48, 64].</param>
    /// <param name="values">[keys, 48].</param>
    /// <param name="scores">Scratch, one a key.</param>
    /// <param name="y">[48].</param>
    public static void Fixed(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> scores, Span<float> y)
    {
        float max = float.NegativeInfinity, sum = 0;
        Vector512<float> y0 = default, y1 = default, y2 = default;
        for (int first = 0; first < scores.Length; first += Block)
        {
            Span<float> block = scores.Slice(first, Block);
            Score(query, keys.Slice(first * HeadDim, Block * HeadDim), block);
            float higher = Math.Max(max, Max(block));
            float factor = MathF.Exp(max - higher);
            sum = (sum * factor) + Exponentials(block, higher);
            max = higher;
            var scale = Vector512.Create(factor);
            (y0, y1, y2) = (y0 * scale, y1 * scale, y2 * scale);
            AddOneChain(block, values.Slice(first * HeadDim, Block * HeadDim), ref y0, ref y1, ref y2);
        }
        Store(y, y0, y1, y2, sum);
    }

    /// <summary>One pass: all scores, their one maximum, then values of even and odd keys apart.</summary>
    /// <inheritdoc cref="Fixed"/>
    public static void Free(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, ReadOnlySpan<float> values, Span<float> scores, Span<float> y)
    {
        for (int first = 0; first < scores.Length; first += Block)
            Score(query, keys.Slice(first * HeadDim, Block * HeadDim), scores.Slice(first, Block));
        float sum = Exponentials(scores, Max(scores));
        Vector512<float> y0 = default, y1 = default, y2 = default;
        AddTwoChains(scores, values, ref y0, ref y1, ref y2);
        Store(y, y0, y1, y2, sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Score(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, Span<float> scores)
    {
        ref float k = ref MemoryMarshal.GetReference(keys);
        Vector512<float> a = default, b = default, c = default, d = default;
        for (int channel = 0; channel < HeadDim; channel++)
        {
            var q = Vector512.Create(query[channel]);
            nuint at = (nuint)(channel * Block);
            a = Vector512.FusedMultiplyAdd(q, Vector512.LoadUnsafe(ref k, at), a);
            b = Vector512.FusedMultiplyAdd(q, Vector512.LoadUnsafe(ref k, at + 16), b);
            c = Vector512.FusedMultiplyAdd(q, Vector512.LoadUnsafe(ref k, at + 32), c);
            d = Vector512.FusedMultiplyAdd(q, Vector512.LoadUnsafe(ref k, at + 48), d);
        }
        a.CopyTo(scores);
        b.CopyTo(scores[16..]);
        c.CopyTo(scores[32..]);
        d.CopyTo(scores[48..]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Max(ReadOnlySpan<float> scores)
    {
        ref float s = ref MemoryMarshal.GetReference(scores);
        var max = Vector512.LoadUnsafe(ref s);
        for (int i = 16; i < scores.Length; i += 16)
            max = Vector512.MaxNative(max, Vector512.LoadUnsafe(ref s, (nuint)i));
        float largest = max[0];
        for (int i = 1; i < 16; i++)
            largest = Math.Max(largest, max[i]);
        return largest;
    }

    // Scores become e^(score - max); returns their sum.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Exponentials(Span<float> scores, float max)
    {
        ref float s = ref MemoryMarshal.GetReference(scores);
        var shift = Vector512.Create(max);
        Vector512<float> sum = default;
        for (int i = 0; i < scores.Length; i += 16)
        {
            var p = Vector512.Exp(Vector512.LoadUnsafe(ref s, (nuint)i) - shift);
            p.StoreUnsafe(ref s, (nuint)i);
            sum += p;
        }
        return Vector512.Sum(sum);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddOneChain(
        ReadOnlySpan<float> p, ReadOnlySpan<float> values, ref Vector512<float> y0, ref Vector512<float> y1, ref Vector512<float> y2)
    {
        ref float v = ref MemoryMarshal.GetReference(values);
        (Vector512<float> a, Vector512<float> b, Vector512<float> c) = (y0, y1, y2);
        for (int i = 0; i < p.Length; i++)
        {
            var weight = Vector512.Create(p[i]);
            nuint at = (nuint)(i * HeadDim);
            a = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref v, at), a);
            b = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref v, at + 16), b);
            c = Vector512.FusedMultiplyAdd(weight, Vector512.LoadUnsafe(ref v, at + 32), c);
        }
        (y0, y1, y2) = (a, b, c);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddTwoChains(
        ReadOnlySpan<float> p, ReadOnlySpan<float> values, ref Vector512<float> y0, ref Vector512<float> y1, ref Vector512<float> y2)
    {
        ref float v = ref MemoryMarshal.GetReference(values);
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default;
        for (int i = 0; i + 1 < p.Length; i += 2)
        {
            var even = Vector512.Create(p[i]);
            var odd = Vector512.Create(p[i + 1]);
            nuint at = (nuint)(i * HeadDim);
            a = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref v, at), a);
            b = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref v, at + 16), b);
            c = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref v, at + 32), c);
            d = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref v, at + 48), d);
            e = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref v, at + 64), e);
            f = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref v, at + 80), f);
        }
        (y0, y1, y2) = (a + d, b + e, c + f);
    }

    private static void Store(Span<float> y, Vector512<float> a, Vector512<float> b, Vector512<float> c, float sum)
    {
        var inverse = Vector512.Create(1 / sum);
        (a * inverse).CopyTo(y);
        (b * inverse).CopyTo(y[16..]);
        (c * inverse).CopyTo(y[32..]);
    }
}
