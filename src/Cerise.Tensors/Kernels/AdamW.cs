using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>AdamW (Loshchilov and Hutter 2019, arXiv:1711.05101), element by element; see <see cref="Device.AdamW"/>. Leaves zeros in the gradient.</summary>
internal readonly unsafe struct AdamW<TLanes>(long length, float* theta, float* gradient, float* m, float* v, AdamWStep step) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Numbers an item takes; memory is padded so that the last item may write whole vectors.</summary>
    public const int LengthPerItem = 16384;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(int item, int worker)
    {
        TLanes beta1 = TLanes.Broadcast(step.Beta1);
        TLanes beta2 = TLanes.Broadcast(step.Beta2);
        TLanes rest1 = TLanes.Broadcast(1 - step.Beta1);
        TLanes rest2 = TLanes.Broadcast(1 - step.Beta2);
        TLanes scale = TLanes.Broadcast(step.GradScale);
        TLanes keep = TLanes.Broadcast(1 - (step.LearningRate * step.WeightDecay));
        TLanes rate = TLanes.Broadcast(-step.LearningRate / step.Correction1);
        TLanes inverse2 = TLanes.Broadcast(1 / step.Correction2);
        TLanes epsilon = TLanes.Broadcast(step.Epsilon);
        long last = Math.Min(length, (item + 1L) * LengthPerItem);
        for (long i = (long)item * LengthPerItem; i < last; i += 16)
        {
            int count = (int)Math.Min(16, last - i);
            TLanes g = RowPart.Read<TLanes>(gradient + i, count) * scale;
            TLanes newM = TLanes.Fma(beta1, RowPart.Read<TLanes>(m + i, count), rest1 * g);
            TLanes newV = TLanes.Fma(beta2, RowPart.Read<TLanes>(v + i, count), rest2 * g * g);
            TLanes update = newM / (TLanes.Sqrt(newV * inverse2) + epsilon);
            RowPart.Write(TLanes.Zero, gradient + i, count);
            RowPart.Write(newM, m + i, count);
            RowPart.Write(newV, v + i, count);
            RowPart.Write(TLanes.Fma(update, rate, RowPart.Read<TLanes>(theta + i, count) * keep), theta + i, count);
        }
    }
}
