using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>The register tile all matrix products, and attention, are made of: C[i, j] (+)= sum over k of A[i, k] * B[k, j].</summary>
/// <remarks>
/// Every element is one chain of fused multiply-adds along k in ascending order, started from zero or from the element's present value. So a product may be cut
/// into tiles, panels, blocks of k and threads in any way without changing a bit: this is where rules 1 and 2 of the design come from.
/// A is addressed by two strides (row-major and transposed operands alike), B's rows are 16-lane vectors side by side.
/// </remarks>
internal static unsafe class MatMulTile
{
    /// <summary>Columns of a panel: four vectors of sixteen lanes.</summary>
    public const int PanelWidth = 64;

    /// <summary>Rows of the tall tile.</summary>
    public const int Rows = 6;

    /// <summary>A block of rows times one panel. Columns beyond <paramref name="columns"/> are computed but not stored.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">A; element (i, k) at a + i * aRow + k * aStep.</param>
    /// <param name="aRow">Stride between rows of A.</param>
    /// <param name="aStep">Stride along k in A.</param>
    /// <param name="b">B; row k at b + k * bStep, readable up to the next multiple of 16 columns.</param>
    /// <param name="bStep">Stride along k in B.</param>
    /// <param name="c">C; row i at c + i * cRow.</param>
    /// <param name="cRow">Stride between rows of C.</param>
    /// <param name="columns">Columns to store, 1 to 64.</param>
    /// <param name="accumulate">Start each sum from C's present value instead of zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes>(int rows, int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, int columns, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        if (columns % 16 != 0)
        {
            RunRagged<TLanes>(rows, depth, a, aRow, aStep, b, bStep, c, cRow, columns, accumulate);
            return;
        }
        bool wide = columns == PanelWidth && typeof(TLanes) == typeof(Lanes512);
        while (rows > 0)
        {
            int taken = rows >= Rows ? Rows : rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
            if (wide)
            {
                if (taken == Rows)
                    Tile6x4<TLanes>(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate);
                else if (taken == 4)
                    Tile4x4<TLanes>(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate);
                else
                    for (int i = 0; i < taken; i++)
                        Tile1x4<TLanes>(depth, a + (i * aRow), aStep, b, bStep, c + (i * cRow), accumulate);
            }
            else if (columns == 32 && typeof(TLanes) == typeof(Lanes512))
            {
                if (taken == Rows)
                    Tile6x2<TLanes>(depth, a, aRow, aStep, b, bStep, c, cRow, accumulate);
                else
                    for (int i = 0; i < taken; i++)
                        Tile1x2<TLanes>(depth, a + (i * aRow), aStep, b, bStep, c + (i * cRow), accumulate);
            }
            else
            {
                for (int column = 0; column < columns; column += 16)
                {
                    if (taken == Rows)
                        Tile6x1<TLanes>(depth, a, aRow, aStep, b + column, bStep, c + column, cRow, accumulate);
                    else
                        for (int i = 0; i < taken; i++)
                            Tile1x1<TLanes>(depth, a + (i * aRow), aStep, b + column, bStep, c + column + (i * cRow), accumulate);
                }
            }
            rows -= taken;
            a += taken * aRow;
            c += taken * cRow;
        }
    }

    // The last columns of a matrix: the same tiles into a padded copy.
    private static void RunRagged<TLanes>(int rows, int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, int columns, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        int padded = (columns + 15) / 16 * 16;
        float* tile = stackalloc float[Rows * PanelWidth];
        for (int row = 0; row < rows; row += Rows)
        {
            int taken = Math.Min(Rows, rows - row);
            if (accumulate)
                for (int i = 0; i < taken; i++)
                    for (int j = 0; j < padded; j++)
                        tile[(i * PanelWidth) + j] = j < columns ? c[((row + i) * cRow) + j] : 0;
            Run<TLanes>(taken, depth, a + (row * aRow), aRow, aStep, b, bStep, tile, PanelWidth, padded, accumulate);
            for (int i = 0; i < taken; i++)
                for (int j = 0; j < columns; j++)
                    c[((row + i) * cRow) + j] = tile[(i * PanelWidth) + j];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x4<TLanes>(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        nint aRow3 = 3 * aRow;
        nint aRow5 = 5 * aRow;
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero, c03 = TLanes.Zero;
        TLanes c10 = TLanes.Zero, c11 = TLanes.Zero, c12 = TLanes.Zero, c13 = TLanes.Zero;
        TLanes c20 = TLanes.Zero, c21 = TLanes.Zero, c22 = TLanes.Zero, c23 = TLanes.Zero;
        TLanes c30 = TLanes.Zero, c31 = TLanes.Zero, c32 = TLanes.Zero, c33 = TLanes.Zero;
        TLanes c40 = TLanes.Zero, c41 = TLanes.Zero, c42 = TLanes.Zero, c43 = TLanes.Zero;
        TLanes c50 = TLanes.Zero, c51 = TLanes.Zero, c52 = TLanes.Zero, c53 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02, c03) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32), TLanes.Load(c + 48));
            (c10, c11, c12, c13) = (TLanes.Load(c + cRow), TLanes.Load(c + cRow + 16), TLanes.Load(c + cRow + 32), TLanes.Load(c + cRow + 48));
            (c20, c21, c22, c23) = (TLanes.Load(c + (2 * cRow)), TLanes.Load(c + (2 * cRow) + 16), TLanes.Load(c + (2 * cRow) + 32), TLanes.Load(c + (2 * cRow) + 48));
            (c30, c31, c32, c33) = (TLanes.Load(c + (3 * cRow)), TLanes.Load(c + (3 * cRow) + 16), TLanes.Load(c + (3 * cRow) + 32), TLanes.Load(c + (3 * cRow) + 48));
            (c40, c41, c42, c43) = (TLanes.Load(c + (4 * cRow)), TLanes.Load(c + (4 * cRow) + 16), TLanes.Load(c + (4 * cRow) + 32), TLanes.Load(c + (4 * cRow) + 48));
            (c50, c51, c52, c53) = (TLanes.Load(c + (5 * cRow)), TLanes.Load(c + (5 * cRow) + 16), TLanes.Load(c + (5 * cRow) + 32), TLanes.Load(c + (5 * cRow) + 48));
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes b1 = TLanes.Load(b + 16);
            TLanes b2 = TLanes.Load(b + 32);
            TLanes b3 = TLanes.Load(b + 48);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            c01 = TLanes.Fma(x, b1, c01);
            c02 = TLanes.Fma(x, b2, c02);
            c03 = TLanes.Fma(x, b3, c03);
            x = TLanes.Broadcast(a[aRow]);
            c10 = TLanes.Fma(x, b0, c10);
            c11 = TLanes.Fma(x, b1, c11);
            c12 = TLanes.Fma(x, b2, c12);
            c13 = TLanes.Fma(x, b3, c13);
            x = TLanes.Broadcast(a[2 * aRow]);
            c20 = TLanes.Fma(x, b0, c20);
            c21 = TLanes.Fma(x, b1, c21);
            c22 = TLanes.Fma(x, b2, c22);
            c23 = TLanes.Fma(x, b3, c23);
            x = TLanes.Broadcast(a[aRow3]);
            c30 = TLanes.Fma(x, b0, c30);
            c31 = TLanes.Fma(x, b1, c31);
            c32 = TLanes.Fma(x, b2, c32);
            c33 = TLanes.Fma(x, b3, c33);
            x = TLanes.Broadcast(a[4 * aRow]);
            c40 = TLanes.Fma(x, b0, c40);
            c41 = TLanes.Fma(x, b1, c41);
            c42 = TLanes.Fma(x, b2, c42);
            c43 = TLanes.Fma(x, b3, c43);
            x = TLanes.Broadcast(a[aRow5]);
            c50 = TLanes.Fma(x, b0, c50);
            c51 = TLanes.Fma(x, b1, c51);
            c52 = TLanes.Fma(x, b2, c52);
            c53 = TLanes.Fma(x, b3, c53);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
        TLanes.Store(c03, c + 48);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c11, c + cRow + 16);
        TLanes.Store(c12, c + cRow + 32);
        TLanes.Store(c13, c + cRow + 48);
        TLanes.Store(c20, c + (2 * cRow));
        TLanes.Store(c21, c + (2 * cRow) + 16);
        TLanes.Store(c22, c + (2 * cRow) + 32);
        TLanes.Store(c23, c + (2 * cRow) + 48);
        TLanes.Store(c30, c + (3 * cRow));
        TLanes.Store(c31, c + (3 * cRow) + 16);
        TLanes.Store(c32, c + (3 * cRow) + 32);
        TLanes.Store(c33, c + (3 * cRow) + 48);
        TLanes.Store(c40, c + (4 * cRow));
        TLanes.Store(c41, c + (4 * cRow) + 16);
        TLanes.Store(c42, c + (4 * cRow) + 32);
        TLanes.Store(c43, c + (4 * cRow) + 48);
        TLanes.Store(c50, c + (5 * cRow));
        TLanes.Store(c51, c + (5 * cRow) + 16);
        TLanes.Store(c52, c + (5 * cRow) + 32);
        TLanes.Store(c53, c + (5 * cRow) + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile4x4<TLanes>(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        nint aRow3 = 3 * aRow;
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero, c03 = TLanes.Zero;
        TLanes c10 = TLanes.Zero, c11 = TLanes.Zero, c12 = TLanes.Zero, c13 = TLanes.Zero;
        TLanes c20 = TLanes.Zero, c21 = TLanes.Zero, c22 = TLanes.Zero, c23 = TLanes.Zero;
        TLanes c30 = TLanes.Zero, c31 = TLanes.Zero, c32 = TLanes.Zero, c33 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02, c03) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32), TLanes.Load(c + 48));
            (c10, c11, c12, c13) = (TLanes.Load(c + cRow), TLanes.Load(c + cRow + 16), TLanes.Load(c + cRow + 32), TLanes.Load(c + cRow + 48));
            (c20, c21, c22, c23) = (TLanes.Load(c + (2 * cRow)), TLanes.Load(c + (2 * cRow) + 16), TLanes.Load(c + (2 * cRow) + 32), TLanes.Load(c + (2 * cRow) + 48));
            (c30, c31, c32, c33) = (TLanes.Load(c + (3 * cRow)), TLanes.Load(c + (3 * cRow) + 16), TLanes.Load(c + (3 * cRow) + 32), TLanes.Load(c + (3 * cRow) + 48));
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes b1 = TLanes.Load(b + 16);
            TLanes b2 = TLanes.Load(b + 32);
            TLanes b3 = TLanes.Load(b + 48);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            c01 = TLanes.Fma(x, b1, c01);
            c02 = TLanes.Fma(x, b2, c02);
            c03 = TLanes.Fma(x, b3, c03);
            x = TLanes.Broadcast(a[aRow]);
            c10 = TLanes.Fma(x, b0, c10);
            c11 = TLanes.Fma(x, b1, c11);
            c12 = TLanes.Fma(x, b2, c12);
            c13 = TLanes.Fma(x, b3, c13);
            x = TLanes.Broadcast(a[2 * aRow]);
            c20 = TLanes.Fma(x, b0, c20);
            c21 = TLanes.Fma(x, b1, c21);
            c22 = TLanes.Fma(x, b2, c22);
            c23 = TLanes.Fma(x, b3, c23);
            x = TLanes.Broadcast(a[aRow3]);
            c30 = TLanes.Fma(x, b0, c30);
            c31 = TLanes.Fma(x, b1, c31);
            c32 = TLanes.Fma(x, b2, c32);
            c33 = TLanes.Fma(x, b3, c33);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
        TLanes.Store(c03, c + 48);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c11, c + cRow + 16);
        TLanes.Store(c12, c + cRow + 32);
        TLanes.Store(c13, c + cRow + 48);
        TLanes.Store(c20, c + (2 * cRow));
        TLanes.Store(c21, c + (2 * cRow) + 16);
        TLanes.Store(c22, c + (2 * cRow) + 32);
        TLanes.Store(c23, c + (2 * cRow) + 48);
        TLanes.Store(c30, c + (3 * cRow));
        TLanes.Store(c31, c + (3 * cRow) + 16);
        TLanes.Store(c32, c + (3 * cRow) + 32);
        TLanes.Store(c33, c + (3 * cRow) + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x4<TLanes>(int depth, float* a, nint aStep, float* b, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero, c02 = TLanes.Zero, c03 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01, c02, c03) = (TLanes.Load(c), TLanes.Load(c + 16), TLanes.Load(c + 32), TLanes.Load(c + 48));
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes b1 = TLanes.Load(b + 16);
            TLanes b2 = TLanes.Load(b + 32);
            TLanes b3 = TLanes.Load(b + 48);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            c01 = TLanes.Fma(x, b1, c01);
            c02 = TLanes.Fma(x, b2, c02);
            c03 = TLanes.Fma(x, b3, c03);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c02, c + 32);
        TLanes.Store(c03, c + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x2<TLanes>(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        nint aRow3 = 3 * aRow;
        nint aRow5 = 5 * aRow;
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero;
        TLanes c10 = TLanes.Zero, c11 = TLanes.Zero;
        TLanes c20 = TLanes.Zero, c21 = TLanes.Zero;
        TLanes c30 = TLanes.Zero, c31 = TLanes.Zero;
        TLanes c40 = TLanes.Zero, c41 = TLanes.Zero;
        TLanes c50 = TLanes.Zero, c51 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01) = (TLanes.Load(c), TLanes.Load(c + 16));
            (c10, c11) = (TLanes.Load(c + cRow), TLanes.Load(c + cRow + 16));
            (c20, c21) = (TLanes.Load(c + (2 * cRow)), TLanes.Load(c + (2 * cRow) + 16));
            (c30, c31) = (TLanes.Load(c + (3 * cRow)), TLanes.Load(c + (3 * cRow) + 16));
            (c40, c41) = (TLanes.Load(c + (4 * cRow)), TLanes.Load(c + (4 * cRow) + 16));
            (c50, c51) = (TLanes.Load(c + (5 * cRow)), TLanes.Load(c + (5 * cRow) + 16));
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes b1 = TLanes.Load(b + 16);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            c01 = TLanes.Fma(x, b1, c01);
            x = TLanes.Broadcast(a[aRow]);
            c10 = TLanes.Fma(x, b0, c10);
            c11 = TLanes.Fma(x, b1, c11);
            x = TLanes.Broadcast(a[2 * aRow]);
            c20 = TLanes.Fma(x, b0, c20);
            c21 = TLanes.Fma(x, b1, c21);
            x = TLanes.Broadcast(a[aRow3]);
            c30 = TLanes.Fma(x, b0, c30);
            c31 = TLanes.Fma(x, b1, c31);
            x = TLanes.Broadcast(a[4 * aRow]);
            c40 = TLanes.Fma(x, b0, c40);
            c41 = TLanes.Fma(x, b1, c41);
            x = TLanes.Broadcast(a[aRow5]);
            c50 = TLanes.Fma(x, b0, c50);
            c51 = TLanes.Fma(x, b1, c51);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c11, c + cRow + 16);
        TLanes.Store(c20, c + (2 * cRow));
        TLanes.Store(c21, c + (2 * cRow) + 16);
        TLanes.Store(c30, c + (3 * cRow));
        TLanes.Store(c31, c + (3 * cRow) + 16);
        TLanes.Store(c40, c + (4 * cRow));
        TLanes.Store(c41, c + (4 * cRow) + 16);
        TLanes.Store(c50, c + (5 * cRow));
        TLanes.Store(c51, c + (5 * cRow) + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x2<TLanes>(int depth, float* a, nint aStep, float* b, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero, c01 = TLanes.Zero;
        if (accumulate)
        {
            (c00, c01) = (TLanes.Load(c), TLanes.Load(c + 16));
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes b1 = TLanes.Load(b + 16);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            c01 = TLanes.Fma(x, b1, c01);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c01, c + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile6x1<TLanes>(int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        nint aRow3 = 3 * aRow;
        nint aRow5 = 5 * aRow;
        TLanes c00 = TLanes.Zero;
        TLanes c10 = TLanes.Zero;
        TLanes c20 = TLanes.Zero;
        TLanes c30 = TLanes.Zero;
        TLanes c40 = TLanes.Zero;
        TLanes c50 = TLanes.Zero;
        if (accumulate)
        {
            c00 = TLanes.Load(c);
            c10 = TLanes.Load(c + cRow);
            c20 = TLanes.Load(c + (2 * cRow));
            c30 = TLanes.Load(c + (3 * cRow));
            c40 = TLanes.Load(c + (4 * cRow));
            c50 = TLanes.Load(c + (5 * cRow));
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            x = TLanes.Broadcast(a[aRow]);
            c10 = TLanes.Fma(x, b0, c10);
            x = TLanes.Broadcast(a[2 * aRow]);
            c20 = TLanes.Fma(x, b0, c20);
            x = TLanes.Broadcast(a[aRow3]);
            c30 = TLanes.Fma(x, b0, c30);
            x = TLanes.Broadcast(a[4 * aRow]);
            c40 = TLanes.Fma(x, b0, c40);
            x = TLanes.Broadcast(a[aRow5]);
            c50 = TLanes.Fma(x, b0, c50);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
        TLanes.Store(c10, c + cRow);
        TLanes.Store(c20, c + (2 * cRow));
        TLanes.Store(c30, c + (3 * cRow));
        TLanes.Store(c40, c + (4 * cRow));
        TLanes.Store(c50, c + (5 * cRow));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Tile1x1<TLanes>(int depth, float* a, nint aStep, float* b, nint bStep, float* c, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes c00 = TLanes.Zero;
        if (accumulate)
        {
            c00 = TLanes.Load(c);
        }
        for (int k = 0; k < depth; k++)
        {
            TLanes b0 = TLanes.Load(b);
            TLanes x = TLanes.Broadcast(a[0]);
            c00 = TLanes.Fma(x, b0, c00);
            a += aStep;
            b += bStep;
        }
        TLanes.Store(c00, c);
    }
}
