using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>A column of register tiles, each of up to six rows and the width of <typeparamref name="TRow"/>: C[i, j] (+)= sum over k of A[i, k] * B[k, j].</summary>
/// <remarks>The sums of a tile stay in registers over the whole depth; each is one chain of fused multiply-adds along k in ascending order.</remarks>
internal static unsafe class RegisterTile<TLanes, TRow, TStored>
    where TLanes : struct, ILanes<TLanes>
    where TRow : struct, IRow<TRow, TLanes>
    where TStored : struct, IStored
{
    // Panels are streamed from the second-level cache or from memory, whose own prefetching ends at each page of 4 KB. Two pages ahead, in bytes.
    private const int PrefetchDistance = 8192;


    /// <summary>All rows, in tiles of six and what is left in tiles that keep the pipes full: one or two rows alone would wait for their own sums.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">A; element (i, k) at a + i * aRow + k * aStep.</param>
    /// <param name="aRow">Stride between rows of A.</param>
    /// <param name="aStep">Stride along k in A.</param>
    /// <param name="b">B; row k at b + k * bStep bytes.</param>
    /// <param name="bStep">Bytes between rows of B.</param>
    /// <param name="c">C; row i at c + i * cRow.</param>
    /// <param name="cRow">Stride between rows of C.</param>
    /// <param name="accumulate">Start each sum from C's present value instead of zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rows, int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, bool accumulate)
    {
        for (int tile = 0; rows > 0; tile++)
        {
            // The first tile brings this block of B; the second, which finds it in the cache, asks for the block that follows.
            nint ahead = tile == 1 ? depth * bStep : PrefetchDistance;
            for (int i = 6; i < Math.Min(rows, 12); i++)                   // where the next tile's sums go, when this one takes six rows
                TRow.Ask<StoredFloat32>((byte*)(c + (i * cRow)));
            int taken = rows is 6 or > 8 ? 6 : rows == 5 ? 3 : Math.Min(rows, 4);
            switch (taken)
            {
                case 6:
                    Tile6(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate, ahead);
                    break;
                case 4:
                    Tile4(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate, ahead);
                    break;
                case 3:
                    Tile3(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate, ahead);
                    break;
                case 2:
                    Tile2(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate, ahead);
                    break;
                default:
                    Tile1(depth, a, aStep, b, bStep, c, accumulate);
                    break;
            }
            rows -= taken;
            a += taken * aRow;
            c += taken * cRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6(int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, bool accumulate, nint ahead)
    {
        nint aRow3 = 3 * aRow;
        nint aRow5 = 5 * aRow;
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        TRow c2 = accumulate ? TRow.Load(c + (2 * cRow)) : TRow.Zero;
        TRow c3 = accumulate ? TRow.Load(c + (3 * cRow)) : TRow.Zero;
        TRow c4 = accumulate ? TRow.Load(c + (4 * cRow)) : TRow.Zero;
        TRow c5 = accumulate ? TRow.Load(c + (5 * cRow)) : TRow.Zero;
        for (int k = 0; k < depth; k++)
        {
            TRow row = TRow.Widen<TStored>(b);
            TRow.Ask<TStored>(b + ahead);
            c0 = TRow.Fma(TLanes.Broadcast(a[0]), row, c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[aRow]), row, c1);
            c2 = TRow.Fma(TLanes.Broadcast(a[2 * aRow]), row, c2);
            c3 = TRow.Fma(TLanes.Broadcast(a[aRow3]), row, c3);
            c4 = TRow.Fma(TLanes.Broadcast(a[4 * aRow]), row, c4);
            c5 = TRow.Fma(TLanes.Broadcast(a[aRow5]), row, c5);
            a += aStep;
            b += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
        TRow.Store(c2, c + (2 * cRow));
        TRow.Store(c3, c + (3 * cRow));
        TRow.Store(c4, c + (4 * cRow));
        TRow.Store(c5, c + (5 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4(int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, bool accumulate, nint ahead)
    {
        nint aRow3 = 3 * aRow;
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        TRow c2 = accumulate ? TRow.Load(c + (2 * cRow)) : TRow.Zero;
        TRow c3 = accumulate ? TRow.Load(c + (3 * cRow)) : TRow.Zero;
        for (int k = 0; k < depth; k++)
        {
            TRow row = TRow.Widen<TStored>(b);
            TRow.Ask<TStored>(b + ahead);
            c0 = TRow.Fma(TLanes.Broadcast(a[0]), row, c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[aRow]), row, c1);
            c2 = TRow.Fma(TLanes.Broadcast(a[2 * aRow]), row, c2);
            c3 = TRow.Fma(TLanes.Broadcast(a[aRow3]), row, c3);
            a += aStep;
            b += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
        TRow.Store(c2, c + (2 * cRow));
        TRow.Store(c3, c + (3 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile3(int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, bool accumulate, nint ahead)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        TRow c2 = accumulate ? TRow.Load(c + (2 * cRow)) : TRow.Zero;
        for (int k = 0; k < depth; k++)
        {
            TRow row = TRow.Widen<TStored>(b);
            TRow.Ask<TStored>(b + ahead);
            c0 = TRow.Fma(TLanes.Broadcast(a[0]), row, c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[aRow]), row, c1);
            c2 = TRow.Fma(TLanes.Broadcast(a[2 * aRow]), row, c2);
            a += aStep;
            b += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
        TRow.Store(c2, c + (2 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2(int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, bool accumulate, nint ahead)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        for (int k = 0; k < depth; k++)
        {
            TRow row = TRow.Widen<TStored>(b);
            TRow.Ask<TStored>(b + ahead);
            c0 = TRow.Fma(TLanes.Broadcast(a[0]), row, c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[aRow]), row, c1);
            a += aStep;
            b += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1(int depth, float* a, nint aStep, byte* b, nint bStep, float* c, bool accumulate)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        for (int k = 0; k < depth; k++)
        {
            TRow row = TRow.Widen<TStored>(b);
            c0 = TRow.Fma(TLanes.Broadcast(a[0]), row, c0);
            a += aStep;
            b += bStep;
        }
        TRow.Store(c0, c);
    }
}
