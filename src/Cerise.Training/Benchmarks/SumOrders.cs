using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cerise.Training.Benchmarks;

/// <summary>The sum of the squares of one row, as a norm needs it, in two orders.</summary>
internal static class SumOrders
{
    /// <summary>The engine's order: sixteen lanes, each one chain.</summary>
    /// <param name="row">A multiple of 128 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Fixed(ReadOnlySpan<float> row)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        Vector512<float> sum = default;
        for (int i = 0; i < row.Length; i += 16)
        {
            var v = Vector512.LoadUnsafe(ref x, (nuint)i);
            sum = Vector512.FusedMultiplyAdd(v, v, sum);
        }
        return Vector512.Sum(sum);
    }

    /// <summary>Eight sums of sixteen lanes, brought together as a tree.</summary>
    /// <param name="row">A multiple of 128 numbers.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Free(ReadOnlySpan<float> row)
    {
        ref float x = ref MemoryMarshal.GetReference(row);
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int i = 0; i < row.Length; i += 128)
        {
            Add(ref a, ref x, i);
            Add(ref b, ref x, i + 16);
            Add(ref c, ref x, i + 32);
            Add(ref d, ref x, i + 48);
            Add(ref e, ref x, i + 64);
            Add(ref f, ref x, i + 80);
            Add(ref g, ref x, i + 96);
            Add(ref h, ref x, i + 112);
        }
        return Vector512.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Add(ref Vector512<float> sum, ref float x, int at)
    {
        var v = Vector512.LoadUnsafe(ref x, (nuint)at);
        sum = Vector512.FusedMultiplyAdd(v, v, sum);
    }
}
