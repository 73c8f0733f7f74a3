using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>What all matrix products, and attention, are made of: a block of rows times one panel, C[i, j] (+)= sum over k of A[i, k] * B[k, j].</summary>
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

    /// <summary>The product with a panel of float32 numbers; see <see cref="Run{TLanes, TStored}"/>.</summary>
    public static void Run<TLanes>(int rows, int depth, float* a, nint aRow, nint aStep, float* b, nint bStep, float* c, nint cRow, int columns, bool accumulate)
        where TLanes : struct, ILanes<TLanes> =>
        Run<TLanes, StoredFloat32>(rows, depth, a, aRow, aStep, (byte*)b, bStep, c, cRow, columns, accumulate);

    /// <summary>A block of rows times one panel. Columns beyond <paramref name="columns"/> are computed but not stored.</summary>
    /// <param name="rows">Rows of A and C.</param>
    /// <param name="depth">Length of the sums.</param>
    /// <param name="a">A; element (i, k) at a + i * aRow + k * aStep.</param>
    /// <param name="aRow">Stride between rows of A.</param>
    /// <param name="aStep">Stride along k in A.</param>
    /// <param name="b">B; row k at number k * bStep, readable up to the next multiple of 16 columns.</param>
    /// <param name="bStep">Stride along k in B, in numbers.</param>
    /// <param name="c">C; row i at c + i * cRow.</param>
    /// <param name="cRow">Stride between rows of C.</param>
    /// <param name="columns">Columns to store, 1 to 64.</param>
    /// <param name="accumulate">Start each sum from C's present value instead of zero.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes, TStored>(int rows, int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, int columns, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
    {
        if (columns % 16 != 0)
        {
            RunRagged<TLanes, TStored>(rows, depth, a, aRow, aStep, b, bStep, c, cRow, columns, accumulate);
            return;
        }
        nint bytes = bStep * TStored.Size;
        int width = typeof(TLanes) == typeof(Lanes512) ? columns : 16;     // 24 sums of 16 lanes fit the 32 registers of 512 bits; elsewhere six do
        for (int column = 0; column < columns; column += width)
        {
            byte* start = b + (column * TStored.Size);
            switch (width)
            {
                case 64:
                    RegisterTile<TLanes, Row4<TLanes>, TStored>.Run(rows, depth, a, aRow, aStep, start, bytes, c + column, cRow, accumulate);
                    break;
                case 48:
                    RegisterTile<TLanes, Row3<TLanes>, TStored>.Run(rows, depth, a, aRow, aStep, start, bytes, c + column, cRow, accumulate);
                    break;
                case 32:
                    RegisterTile<TLanes, Row2<TLanes>, TStored>.Run(rows, depth, a, aRow, aStep, start, bytes, c + column, cRow, accumulate);
                    break;
                default:
                    if (TStored.Paired && column % 32 == 16)
                        RegisterTile<TLanes, Row1<TLanes>, NextVector<TStored>>.Run(rows, depth, a, aRow, aStep, start - (16 * TStored.Size), bytes, c + column, cRow, accumulate);
                    else
                        RegisterTile<TLanes, Row1<TLanes>, TStored>.Run(rows, depth, a, aRow, aStep, start, bytes, c + column, cRow, accumulate);
                    break;
            }
        }
    }

    // The last columns of a matrix: the same tiles into a padded copy.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunRagged<TLanes, TStored>(
        int rows, int depth, float* a, nint aRow, nint aStep, byte* b, nint bStep, float* c, nint cRow, int columns, bool accumulate)
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
    {
        int body = columns / 16 * 16;
        float* tile = stackalloc float[Rows * PanelWidth];
        for (int row = 0; row < rows; row += Rows)
        {
            int taken = Math.Min(Rows, rows - row);
            float* target = c + (row * cRow);
            for (int i = 0; accumulate && i < taken; i++)
            {
                for (int j = 0; j < body; j += 16)
                    TLanes.Store(TLanes.Load(target + (i * cRow) + j), tile + (i * PanelWidth) + j);
                TLanes.Store(TLanes.LoadPart(target + (i * cRow) + body, columns - body), tile + (i * PanelWidth) + body);
            }
            Run<TLanes, TStored>(taken, depth, a + (row * aRow), aRow, aStep, b, bStep, tile, PanelWidth, body + 16, accumulate);
            for (int i = 0; i < taken; i++)
            {
                for (int j = 0; j < body; j += 16)
                    TLanes.Store(TLanes.Load(tile + (i * PanelWidth) + j), target + (i * cRow) + j);
                TLanes.StorePart(TLanes.Load(tile + (i * PanelWidth) + body), target + (i * cRow) + body, columns - body);
            }
        }
    }
}
