using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>target[i] = factor * source[i]: queries on their way into a tile, sums on their way out; source and target may be the same.</summary>
internal static unsafe class ScaledCopy
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TLanes>(float* source, float factor, float* target, int length)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes scale = TLanes.Broadcast(factor);
        int body = length / 16 * 16;
        for (int i = 0; i < body; i += 16)
            TLanes.Store(TLanes.Load(source + i) * scale, target + i);
        for (int i = body; i < length; i++)                                // a single product is rounded alike in and out of a vector
            target[i] = source[i] * factor;
    }
}
