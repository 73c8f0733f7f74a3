using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>partial[item] = the sum of squares of the item's 4096 numbers; whoever adds the partial sums does so in their order.</summary>
internal readonly unsafe struct SumOfSquares<TLanes>(long length, float* x, double* partial) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Numbers an item takes.</summary>
    public const int LengthPerItem = 4096;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        long last = Math.Min(length, (item + 1L) * LengthPerItem);
        TLanes total = TLanes.Zero;
        for (long i = (long)item * LengthPerItem; i < last; i += 16)
        {
            int count = (int)Math.Min(16, last - i);
            TLanes v = RowPart.Read<TLanes>(x + i, count);
            total = TLanes.Fma(v, v, total);
        }
        partial[item] = TLanes.Sum(total);
    }
}
