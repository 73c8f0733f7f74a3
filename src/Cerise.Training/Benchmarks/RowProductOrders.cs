using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Cerise.Training.Benchmarks;

/// <summary>One row times weights in panels of 64 outputs, y[j] = sum over k of x[k] W[k, j], in two orders.</summary>
internal static class RowProductOrders
{
    private const int Panel = 64;

    /// <summary>The engine's order: each output is one chain along k. Two panels at once keep eight chains under way.</summary>
    /// <param name="x">[k].</param>
    /// <param name="weight">Panels of [k, 64], an even number of them.</param>
    /// <param name="y">64 a panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fixed(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, Span<float> y)
    {
        nuint panelLength = (nuint)(x.Length * Panel);
        for (int panel = 0; panel < y.Length / Panel; panel += 2)
        {
            ref float w = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight), (nuint)panel * panelLength);
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (int k = 0; k < x.Length; k++)
            {
                var v = Vector512.Create(x[k]);
                nuint at = (nuint)(k * Panel);
                a0 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at), a0);
                a1 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at + 16), a1);
                a2 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at + 32), a2);
                a3 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at + 48), a3);
                at += panelLength;
                b0 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at), b0);
                b1 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at + 16), b1);
                b2 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at + 32), b2);
                b3 = Vector512.FusedMultiplyAdd(v, Vector512.LoadUnsafe(ref w, at + 48), b3);
            }
            Store(y, panel, a0, a1, a2, a3);
            Store(y, panel + 1, b0, b1, b2, b3);
        }
    }

    /// <summary>Even and odd k apart, added at the end: eight chains under way within one panel.</summary>
    /// <param name="x">[k], an even number.</param>
    /// <param name="weight">Panels of [k, 64].</param>
    /// <param name="y">64 a panel.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Free(ReadOnlySpan<float> x, ReadOnlySpan<float> weight, Span<float> y)
    {
        nuint panelLength = (nuint)(x.Length * Panel);
        for (int panel = 0; panel < y.Length / Panel; panel++)
        {
            ref float w = ref Unsafe.Add(ref MemoryMarshal.GetReference(weight), (nuint)panel * panelLength);
            Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
            for (int k = 0; k + 1 < x.Length; k += 2)
            {
                var even = Vector512.Create(x[k]);
                var odd = Vector512.Create(x[k + 1]);
                nuint at = (nuint)(k * Panel);
                a0 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref w, at), a0);
                a1 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref w, at + 16), a1);
                a2 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref w, at + 32), a2);
                a3 = Vector512.FusedMultiplyAdd(even, Vector512.LoadUnsafe(ref w, at + 48), a3);
                b0 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref w, at + 64), b0);
                b1 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref w, at + 80), b1);
                b2 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref w, at + 96), b2);
                b3 = Vector512.FusedMultiplyAdd(odd, Vector512.LoadUnsafe(ref w, at + 112), b3);
            }
            Store(y, panel, a0 + b0, a1 + b1, a2 + b2, a3 + b3);
        }
    }

    private static void Store(Span<float> y, int panel, Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Span<float> target = y.Slice(panel * Panel, Panel);
        a.CopyTo(target);
        b.CopyTo(target[16..]);
        c.CopyTo(target[32..]);
        d.CopyTo(target[48..]);
    }
}
