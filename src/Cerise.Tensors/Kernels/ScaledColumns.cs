using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Outputs scaled one by one, DoRA's last step: y = x * m / n + b, with n taken as a constant by the gradient (Liu et al. 2024, arXiv:2402.09353, section 4.3).</summary>
/// <remarks>dx = dy * m / n; dm += the sum over rows, in their order and continuing from the gradient so far, of dy * x / n.</remarks>
internal static unsafe class ScaledColumns
{
    /// <summary>Rows an item of the forward pass takes.</summary>
    public const int RowsPerItem = 8;

    /// <summary>y = x * factors + bias; x and y may be the same.</summary>
    public readonly struct Forward<TLanes>(int rows, int columns, float* x, float* factors, float* bias, float* y) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                float* source = x + ((nint)row * columns);
                float* target = y + ((nint)row * columns);
                for (int c = 0; c < columns; c += 16)
                {
                    int count = Math.Min(16, columns - c);
                    TLanes value = TLanes.LoadPart(source + c, count) * TLanes.LoadPart(factors + c, count);
                    TLanes.StorePart(bias is null ? value : value + TLanes.LoadPart(bias + c, count), target + c, count);
                }
            }
        }
    }

    /// <summary>The gradient by m. An item is sixteen columns.</summary>
    public readonly struct Backward<TLanes>(int rows, int columns, float* gradOutput, float* x, float* norms, float* gradMagnitude) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int c = item * 16;
            int count = Math.Min(16, columns - c);
            TLanes one = TLanes.Broadcast(1);
            TLanes norm = TLanes.LoadPart(norms + c, count);
            TLanes inverse = TLanes.SelectLess(TLanes.Zero, norm, one / norm, TLanes.Zero);     // beyond the last column there is nothing to divide by
            TLanes total = TLanes.LoadPart(gradMagnitude + c, count);
            for (int row = 0; row < rows; row++)
            {
                nint place = ((nint)row * columns) + c;
                total = TLanes.Fma(TLanes.LoadPart(gradOutput + place, count), TLanes.LoadPart(x + place, count) * inverse, total);
            }
            TLanes.StorePart(total, gradMagnitude + c, count);
        }
    }
}
