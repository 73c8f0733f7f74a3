using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Query rows of one sequence, each times the matrix of its own head, the width of <typeparamref name="TRow"/>: C[r, j] (+)= sum over k of A[r, k] * B[r's head, k, j].</summary>
/// <remarks>
/// Each sum is the same chain as in <see cref="MatMulTile"/>: fused multiply-adds along k in ascending order. A single row has too few chains to keep the
/// multipliers busy, so rows of several heads are worked on together; rows that share a head read the same matrix.
/// </remarks>
internal static unsafe class RowTile<TLanes, TRow>
    where TLanes : struct, ILanes<TLanes>
    where TRow : struct, IRow<TRow, TLanes>
{
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="group">Rows that share a matrix.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">A, row r at a + r * aRow.</param>
    /// <param name="aRow">Stride between rows of A.</param>
    /// <param name="b">The first head's matrix.</param>
    /// <param name="bStep">Stride along k.</param>
    /// <param name="bHead">Stride between heads.</param>
    /// <param name="c">C, row r at c + r * cRow.</param>
    /// <param name="cRow">Stride between rows of C.</param>
    /// <param name="accumulate">Start each sum from C's present value instead of zero.</param>
    /// <param name="next">From B to the matrices that are needed when these are done, whose memory is asked for on the way; 0 for none.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(int rows, int group, int depth, float* a, nint aRow, float* b, nint bStep, nint bHead, float* c, nint cRow, bool accumulate, nint next)
    {
        int most = TRow.Width switch { 64 or 48 => 2, 32 => 3, _ => 4 };        // six or eight chains
        for (int r = 0; r < rows;)
        {
            int taken = Math.Min(rows - r, most);
            nint own = r / group * bHead;
            float* b0 = b + own;
            nint ahead = r + taken < rows ? ((r + taken) / group * bHead) - own : next == 0 ? 0 : next - own;
            switch (taken)
            {
                case 4:
                    Tile4(depth, a, aRow, b0, b + ((r + 1) / group * bHead), b + ((r + 2) / group * bHead), b + ((r + 3) / group * bHead), bStep, ahead, c, cRow, accumulate);
                    break;
                case 3:
                    Tile3(depth, a, aRow, b0, b + ((r + 1) / group * bHead), b + ((r + 2) / group * bHead), bStep, ahead, c, cRow, accumulate);
                    break;
                case 2:
                    Tile2(depth, a, aRow, b0, b + ((r + 1) / group * bHead), bStep, ahead, c, cRow, accumulate);
                    break;
                default:
                    Tile1(depth, a, b0, bStep, ahead, c, accumulate);
                    break;
            }
            r += taken;
            a += taken * aRow;
            c += taken * cRow;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4(int depth, float* a, nint aRow, float* b0, float* b1, float* b2, float* b3, nint bStep, nint ahead, float* c, nint cRow, bool accumulate)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        TRow c2 = accumulate ? TRow.Load(c + (2 * cRow)) : TRow.Zero;
        TRow c3 = accumulate ? TRow.Load(c + (3 * cRow)) : TRow.Zero;
        for (nint k = 0; k < depth; k++)
        {
            if (ahead != 0)
            {
                TRow.Ask<StoredFloat32>((byte*)(b0 + ahead));
                TRow.Ask<StoredFloat32>((byte*)(b1 + ahead));
                TRow.Ask<StoredFloat32>((byte*)(b2 + ahead));
                TRow.Ask<StoredFloat32>((byte*)(b3 + ahead));
            }
            c0 = TRow.Fma(TLanes.Broadcast(a[k]), TRow.Load(b0), c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[k + aRow]), TRow.Load(b1), c1);
            c2 = TRow.Fma(TLanes.Broadcast(a[k + (2 * aRow)]), TRow.Load(b2), c2);
            c3 = TRow.Fma(TLanes.Broadcast(a[k + (3 * aRow)]), TRow.Load(b3), c3);
            b0 += bStep;
            b1 += bStep;
            b2 += bStep;
            b3 += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
        TRow.Store(c2, c + (2 * cRow));
        TRow.Store(c3, c + (3 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile3(int depth, float* a, nint aRow, float* b0, float* b1, float* b2, nint bStep, nint ahead, float* c, nint cRow, bool accumulate)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        TRow c2 = accumulate ? TRow.Load(c + (2 * cRow)) : TRow.Zero;
        for (nint k = 0; k < depth; k++)
        {
            if (ahead != 0)
            {
                TRow.Ask<StoredFloat32>((byte*)(b0 + ahead));
                TRow.Ask<StoredFloat32>((byte*)(b1 + ahead));
                TRow.Ask<StoredFloat32>((byte*)(b2 + ahead));
            }
            c0 = TRow.Fma(TLanes.Broadcast(a[k]), TRow.Load(b0), c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[k + aRow]), TRow.Load(b1), c1);
            c2 = TRow.Fma(TLanes.Broadcast(a[k + (2 * aRow)]), TRow.Load(b2), c2);
            b0 += bStep;
            b1 += bStep;
            b2 += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
        TRow.Store(c2, c + (2 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2(int depth, float* a, nint aRow, float* b0, float* b1, nint bStep, nint ahead, float* c, nint cRow, bool accumulate)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        TRow c1 = accumulate ? TRow.Load(c + cRow) : TRow.Zero;
        for (nint k = 0; k < depth; k++)
        {
            if (ahead != 0)
            {
                TRow.Ask<StoredFloat32>((byte*)(b0 + ahead));
                TRow.Ask<StoredFloat32>((byte*)(b1 + ahead));
            }
            c0 = TRow.Fma(TLanes.Broadcast(a[k]), TRow.Load(b0), c0);
            c1 = TRow.Fma(TLanes.Broadcast(a[k + aRow]), TRow.Load(b1), c1);
            b0 += bStep;
            b1 += bStep;
        }
        TRow.Store(c0, c);
        TRow.Store(c1, c + cRow);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1(int depth, float* a, float* b0, nint bStep, nint ahead, float* c, bool accumulate)
    {
        TRow c0 = accumulate ? TRow.Load(c) : TRow.Zero;
        for (nint k = 0; k < depth; k++)
        {
            if (ahead != 0)
                TRow.Ask<StoredFloat32>((byte*)(b0 + ahead));
            c0 = TRow.Fma(TLanes.Broadcast(a[k]), TRow.Load(b0), c0);
            b0 += bStep;
        }
        TRow.Store(c0, c);
    }
}
