using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>One sequence's query rows, each times the matrix of its own head: C[r, j] (+)= sum over k of A[r, k] * B[head of r, k, j].</summary>
/// <remarks>
/// Each element is the same chain as in <see cref="MatMulTile"/>: fused multiply-adds along k in ascending order. A single row has too few chains to keep the
/// multipliers busy, so rows of several heads are worked on together; rows that share a head read the same matrix.
/// </remarks>
internal static unsafe class RowTile
{
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="group">Rows that share a matrix.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">A, row r at a + r * aRow.</param>
    /// <param name="aRow">Stride between rows of A.</param>
    /// <param name="b">The first head's matrix; readable up to the next multiple of 16 columns.</param>
    /// <param name="bStep">Stride along k.</param>
    /// <param name="bHead">Stride between heads.</param>
    /// <param name="c">C, row r at c + r * cRow; whole vectors are written.</param>
    /// <param name="cRow">Stride between rows of C.</param>
    /// <param name="columns">Columns, a multiple of 16.</param>
    /// <param name="accumulate">Start each sum from C's present value instead of zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes>(
        int rows, int group, int depth, float* a, nint aRow, float* b, nint bStep, nint bHead, float* c, nint cRow, int columns, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        for (; columns > 0; columns -= MatMulTile.PanelWidth, b += MatMulTile.PanelWidth, c += MatMulTile.PanelWidth)
        {
            int vectors = Math.Min(columns, MatMulTile.PanelWidth) / 16;
            // As many rows as give six or eight chains, no more than the vector registers hold.
            int together = typeof(TLanes) != typeof(Lanes512) ? 1 : vectors >= 3 ? 2 : vectors == 2 ? 3 : 4;
            int r = 0;
            for (; r + together <= rows && together > 1; r += together)
            {
                float* a0 = a + (r * aRow);
                float* c0 = c + (r * cRow);
                float* b0 = b + (r / group * bHead);
                float* b1 = b + ((r + 1) / group * bHead);
                if (vectors == 4)
                    Tile2x4<TLanes>(depth, a0, a0 + aRow, b0, b1, bStep, c0, cRow, accumulate);
                else if (vectors == 3)
                    Tile2x3<TLanes>(depth, a0, a0 + aRow, b0, b1, bStep, c0, cRow, accumulate);
                else if (vectors == 2)
                    Tile3x2<TLanes>(depth, a0, a0 + aRow, a0 + (2 * aRow), b0, b1, b + ((r + 2) / group * bHead), bStep, c0, cRow, accumulate);
                else
                    Tile4x1<TLanes>(
                        depth, a0, a0 + aRow, a0 + (2 * aRow), a0 + (3 * aRow), b0, b1, b + ((r + 2) / group * bHead), b + ((r + 3) / group * bHead), bStep, c0, cRow,
                        accumulate);
            }
            for (; r < rows; r++)
            {
                float* a0 = a + (r * aRow);
                float* b0 = b + (r / group * bHead);
                float* c0 = c + (r * cRow);
                if (vectors == 4)
                    Tile1x4<TLanes>(depth, a0, b0, bStep, c0, accumulate);
                else if (vectors == 3)
                    Tile1x3<TLanes>(depth, a0, b0, bStep, c0, accumulate);
                else if (vectors == 2)
                    Tile1x2<TLanes>(depth, a0, b0, bStep, c0, accumulate);
                else
                    Tile1x1<TLanes>(depth, a0, b0, bStep, c0, accumulate);
            }
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2x4<TLanes>(int depth, float* a0, float* a1, float* b0, float* b1, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero, c03 = TLanes.Zero;
        TLanes c10 = TLanes.Zero, c11 = TLanes.Zero, c12 = TLanes.Zero, c13 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02, c03) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32), TLanes.Load(c + 48));
            (c10, c11, c12, c13) = (TLanes.Load(c + cRow), TLanes.Load(c + cRow + 16), TLanes.Load(c + cRow + 32), TLanes.Load(c + cRow + 48));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            c01 = TLanes.Fma(x, TLanes.Load(b0 + 16), c01);
            c02 = TLanes.Fma(x, TLanes.Load(b0 + 32), c02);
            c03 = TLanes.Fma(x, TLanes.Load(b0 + 48), c03);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.Fma(x, TLanes.Load(b1), c10);
            c11 = TLanes.Fma(x, TLanes.Load(b1 + 16), c11);
            c12 = TLanes.Fma(x, TLanes.Load(b1 + 32), c12);
            c13 = TLanes.Fma(x, TLanes.Load(b1 + 48), c13);
            b0 += bStep;
            b1 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
        TLanes.Store(c03, c + 48);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c11, c + cRow + 16);
        TLanes.Store(c12, c + cRow + 32);
        TLanes.Store(c13, c + cRow + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4<TLanes>(int depth, float* a0, float* b0, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero, c03 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02, c03) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32), TLanes.Load(c + 48));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            c01 = TLanes.Fma(x, TLanes.Load(b0 + 16), c01);
            c02 = TLanes.Fma(x, TLanes.Load(b0 + 32), c02);
            c03 = TLanes.Fma(x, TLanes.Load(b0 + 48), c03);
            b0 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
        TLanes.Store(c03, c + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile2x3<TLanes>(int depth, float* a0, float* a1, float* b0, float* b1, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero;
        TLanes c10 = TLanes.Zero, c11 = TLanes.Zero, c12 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32));
            (c10, c11, c12) = (TLanes.Load(c + cRow), TLanes.Load(c + cRow + 16), TLanes.Load(c + cRow + 32));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            c01 = TLanes.Fma(x, TLanes.Load(b0 + 16), c01);
            c02 = TLanes.Fma(x, TLanes.Load(b0 + 32), c02);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.Fma(x, TLanes.Load(b1), c10);
            c11 = TLanes.Fma(x, TLanes.Load(b1 + 16), c11);
            c12 = TLanes.Fma(x, TLanes.Load(b1 + 32), c12);
            b0 += bStep;
            b1 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c11, c + cRow + 16);
        TLanes.Store(c12, c + cRow + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x3<TLanes>(int depth, float* a0, float* b0, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            c01 = TLanes.Fma(x, TLanes.Load(b0 + 16), c01);
            c02 = TLanes.Fma(x, TLanes.Load(b0 + 32), c02);
            b0 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile3x2<TLanes>(int depth, float* a0, float* a1, float* a2, float* b0, float* b1, float* b2, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero;
        TLanes c10 = TLanes.Zero, c11 = TLanes.Zero;
        TLanes c20 = TLanes.Zero, c21 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01) = (TLanes.Load(c), TLanes.Load(c + 16));
            (c10, c11) = (TLanes.Load(c + cRow), TLanes.Load(c + cRow + 16));
            (c20, c21) = (TLanes.Load(c + (2 * cRow)), TLanes.Load(c + (2 * cRow) + 16));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            c01 = TLanes.Fma(x, TLanes.Load(b0 + 16), c01);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.Fma(x, TLanes.Load(b1), c10);
            c11 = TLanes.Fma(x, TLanes.Load(b1 + 16), c11);
            x = TLanes.Broadcast(a2[k]);
            c20 = TLanes.Fma(x, TLanes.Load(b2), c20);
            c21 = TLanes.Fma(x, TLanes.Load(b2 + 16), c21);
            b0 += bStep;
            b1 += bStep;
            b2 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c11, c + cRow + 16);
        TLanes.Store(c20, c + (2 * cRow));
        TLanes.Store(c21, c + (2 * cRow) + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x2<TLanes>(int depth, float* a0, float* b0, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01) = (TLanes.Load(c), TLanes.Load(c + 16));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            c01 = TLanes.Fma(x, TLanes.Load(b0 + 16), c01);
            b0 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x1<TLanes>(int depth, float* a0, float* a1, float* a2, float* a3, float* b0, float* b1, float* b2, float* b3, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero;
        TLanes c10 = TLanes.Zero;
        TLanes c20 = TLanes.Zero;
        TLanes c30 = TLanes.Zero;
        if (accumulate)
        {
            c00 = TLanes.Load(c);
            c10 = TLanes.Load(c + cRow);
            c20 = TLanes.Load(c + (2 * cRow));
            c30 = TLanes.Load(c + (3 * cRow));
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            x = TLanes.Broadcast(a1[k]);
            c10 = TLanes.Fma(x, TLanes.Load(b1), c10);
            x = TLanes.Broadcast(a2[k]);
            c20 = TLanes.Fma(x, TLanes.Load(b2), c20);
            x = TLanes.Broadcast(a3[k]);
            c30 = TLanes.Fma(x, TLanes.Load(b3), c30);
            b0 += bStep;
            b1 += bStep;
            b2 += bStep;
            b3 += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c20, c + (2 * cRow));
        TLanes.Store(c30, c + (3 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x1<TLanes>(int depth, float* a0, float* b0, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero;
        if (accumulate)
        {
            c00 = TLanes.Load(c);
        }
        for (nint k = 0; k < depth; k++)
        {
            TLanes x = TLanes.Broadcast(a0[k]);
            c00 = TLanes.Fma(x, TLanes.Load(b0), c00);
            b0 += bStep;
        }
        TLanes.Store(c00, c);
    }

}
