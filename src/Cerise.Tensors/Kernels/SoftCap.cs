using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Soft-capping, y = cap * tanh(x / cap) with slope 1 - (y / cap)^2 (Bello et al. 2016, arXiv:1611.09940; Gemma 2, arXiv:2408.00118).</summary>
internal static unsafe class SoftCap
{
    /// <summary>Caps numbers in their place.</summary>
    /// <param name="x">The numbers.</param>
    /// <param name="length">How many, a multiple of 16.</param>
    /// <param name="cap">The bound, above 0.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Run<TLanes>(float* x, int length, float cap)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes bound = TLanes.Broadcast(cap);
        TLanes inverse = TLanes.Broadcast(1 / cap);
        for (int i = 0; i < length; i += 16)
            TLanes.Store(bound * Elementary.Tanh(TLanes.Load(x + i) * inverse), x + i);
    }
}
