using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Soft-capping, y = cap * tanh(x / cap) with slope 1 - (y / cap)^2 (Bello et al. 2016, arXiv:1611.09940; Gemma 2, arXiv:2408.00118).</summary>
internal static unsafe class SoftCap
{
    /// <summary>Numbers an item takes.</summary>
    public const int LengthPerItem = 8192;

    /// <summary>Caps any count of numbers in their place.</summary>
    public readonly struct Job<TLanes>(long length, float* x, float cap) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            float* first = x + ((nint)item * LengthPerItem);
            int count = (int)Math.Min(LengthPerItem, length - ((long)item * LengthPerItem));
            int body = count / 16 * 16;
            Run<TLanes>(first, body, cap);
            if (body == count)
                return;
            float* padded = stackalloc float[16];
            new ReadOnlySpan<float>(first + body, count - body).CopyTo(new Span<float>(padded, 16));
            Run<TLanes>(padded, 16, cap);
            new ReadOnlySpan<float>(padded, count - body).CopyTo(new Span<float>(first + body, count - body));
        }
    }

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

    /// <summary>Gradients by capped numbers become gradients by those before, in their place.</summary>
    /// <param name="gradient">The gradients.</param>
    /// <param name="y">The capped numbers, readable up to the next multiple of 16.</param>
    /// <param name="length">How many.</param>
    /// <param name="cap">The bound, above 0.</param>
    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    public static void Backward<TLanes>(float* gradient, float* y, int length, float cap)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes inverse = TLanes.Broadcast(1 / cap);
        TLanes one = TLanes.Broadcast(1f);
        for (int i = 0; i < length; i += 16)
        {
            int count = Math.Min(16, length - i);
            TLanes t = TLanes.Load(y + i) * inverse;
            TLanes slope = TLanes.Fma(TLanes.Zero - t, t, one);
            if (count == 16)
                TLanes.Store(TLanes.Load(gradient + i) * slope, gradient + i);
            else
                TLanes.StorePart(TLanes.LoadPart(gradient + i, count) * slope, gradient + i, count);
        }
    }
}
