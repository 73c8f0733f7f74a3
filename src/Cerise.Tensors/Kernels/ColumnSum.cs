using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>sums[c] += the sum over rows of x[row, c], in the order of the rows: a bias's gradient. An item is sixteen columns.</summary>
internal readonly unsafe struct ColumnSum<TLanes>(int rows, int columns, float* x, float* sums) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        int c = item * 16;
        int count = Math.Min(16, columns - c);
        TLanes total = TLanes.LoadPart(sums + c, count);
        for (int row = 0; row < rows; row++)
        {
            float* source = x + ((nint)row * columns) + c;
            total += RowPart.Read<TLanes>(source, count);
        }
        TLanes.StorePart(total, sums + c, count);
    }
}
