using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cerise.Tensors.Numerics;

/// <summary>
/// The loops of <see cref="PeakMeter"/>: as many independent chains as keep every multiply-add unit busy and still fit into registers.
/// </summary>
internal static unsafe class FmaLoops
{
    // Values stay near 1 for ever: x -> 0.5 x + 0.5.
    private const float Half = 0.5f;
    private const int Chains = 12;

    /// <summary>Multiply-adds in one step of a loop.</summary>
    public static int PerStep(SimdLevel level) => Chains * level switch
    {
        SimdLevel.Vector512 => Vector512<float>.Count,
        SimdLevel.Vector256 => Vector256<float>.Count,
        SimdLevel.Vector128 => Vector128<float>.Count,
        _ => 1,
    };

    /// <summary>Runs so many steps and returns a number that depends on all of them.</summary>
    public static float Run(SimdLevel level, int steps, float start) => level switch
    {
        SimdLevel.Vector512 => Run512(steps, start),
        SimdLevel.Vector256 => Run256(steps, start),
        SimdLevel.Vector128 => Run128(steps, start),
        _ => RunScalar(steps, start),
    };

    /// <summary>The sum of a piece of memory, read as fast as it comes: eight loads under way, so that no addition is waited for.</summary>
    /// <param name="memory">Aligned to cache lines.</param>
    /// <param name="length">A multiple of 128.</param>
    public static float Sum(float* memory, int length) => Vector512.IsHardwareAccelerated ? Sum512(memory, length) : Sum256(memory, length);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum512(float* memory, int length)
    {
        Vector512<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int i = 0; i < length; i += 128)
        {
            a += Vector512.Load(memory + i);
            b += Vector512.Load(memory + i + 16);
            c += Vector512.Load(memory + i + 32);
            d += Vector512.Load(memory + i + 48);
            e += Vector512.Load(memory + i + 64);
            f += Vector512.Load(memory + i + 80);
            g += Vector512.Load(memory + i + 96);
            h += Vector512.Load(memory + i + 112);
        }
        return Vector512.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Sum256(float* memory, int length)
    {
        Vector256<float> a = default, b = default, c = default, d = default, e = default, f = default, g = default, h = default;
        for (int i = 0; i < length; i += 64)
        {
            a += Vector256.Load(memory + i);
            b += Vector256.Load(memory + i + 8);
            c += Vector256.Load(memory + i + 16);
            d += Vector256.Load(memory + i + 24);
            e += Vector256.Load(memory + i + 32);
            f += Vector256.Load(memory + i + 40);
            g += Vector256.Load(memory + i + 48);
            h += Vector256.Load(memory + i + 56);
        }
        return Vector256.Sum(a + b + (c + d) + (e + f + (g + h)));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run512(int steps, float start)
    {
        Vector512<float> h = Vector512.Create(Half), x0 = Vector512.Create(start), x1 = x0 + h, x2 = x1 + h, x3 = x2 + h, x4 = x3 + h, x5 = x4 + h;
        Vector512<float> x6 = x5 + h, x7 = x6 + h, x8 = x7 + h, x9 = x8 + h, x10 = x9 + h, x11 = x10 + h;
        for (int i = 0; i < steps; i++)
        {
            x0 = Vector512.FusedMultiplyAdd(x0, h, h);
            x1 = Vector512.FusedMultiplyAdd(x1, h, h);
            x2 = Vector512.FusedMultiplyAdd(x2, h, h);
            x3 = Vector512.FusedMultiplyAdd(x3, h, h);
            x4 = Vector512.FusedMultiplyAdd(x4, h, h);
            x5 = Vector512.FusedMultiplyAdd(x5, h, h);
            x6 = Vector512.FusedMultiplyAdd(x6, h, h);
            x7 = Vector512.FusedMultiplyAdd(x7, h, h);
            x8 = Vector512.FusedMultiplyAdd(x8, h, h);
            x9 = Vector512.FusedMultiplyAdd(x9, h, h);
            x10 = Vector512.FusedMultiplyAdd(x10, h, h);
            x11 = Vector512.FusedMultiplyAdd(x11, h, h);
        }
        return Vector512.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run256(int steps, float start)
    {
        Vector256<float> h = Vector256.Create(Half), x0 = Vector256.Create(start), x1 = x0 + h, x2 = x1 + h, x3 = x2 + h, x4 = x3 + h, x5 = x4 + h;
        Vector256<float> x6 = x5 + h, x7 = x6 + h, x8 = x7 + h, x9 = x8 + h, x10 = x9 + h, x11 = x10 + h;
        for (int i = 0; i < steps; i++)
        {
            x0 = Vector256.FusedMultiplyAdd(x0, h, h);
            x1 = Vector256.FusedMultiplyAdd(x1, h, h);
            x2 = Vector256.FusedMultiplyAdd(x2, h, h);
            x3 = Vector256.FusedMultiplyAdd(x3, h, h);
            x4 = Vector256.FusedMultiplyAdd(x4, h, h);
            x5 = Vector256.FusedMultiplyAdd(x5, h, h);
            x6 = Vector256.FusedMultiplyAdd(x6, h, h);
            x7 = Vector256.FusedMultiplyAdd(x7, h, h);
            x8 = Vector256.FusedMultiplyAdd(x8, h, h);
            x9 = Vector256.FusedMultiplyAdd(x9, h, h);
            x10 = Vector256.FusedMultiplyAdd(x10, h, h);
            x11 = Vector256.FusedMultiplyAdd(x11, h, h);
        }
        return Vector256.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    // Machines with 128-bit vectors may lack fused multiply-add; they then multiply and add.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Run128(int steps, float start)
    {
        Vector128<float> h = Vector128.Create(Half), x0 = Vector128.Create(start), x1 = x0 + h, x2 = x1 + h, x3 = x2 + h, x4 = x3 + h, x5 = x4 + h;
        Vector128<float> x6 = x5 + h, x7 = x6 + h, x8 = x7 + h, x9 = x8 + h, x10 = x9 + h, x11 = x10 + h;
        for (int i = 0; i < steps; i++)
        {
            x0 = Vector128.MultiplyAddEstimate(x0, h, h);
            x1 = Vector128.MultiplyAddEstimate(x1, h, h);
            x2 = Vector128.MultiplyAddEstimate(x2, h, h);
            x3 = Vector128.MultiplyAddEstimate(x3, h, h);
            x4 = Vector128.MultiplyAddEstimate(x4, h, h);
            x5 = Vector128.MultiplyAddEstimate(x5, h, h);
            x6 = Vector128.MultiplyAddEstimate(x6, h, h);
            x7 = Vector128.MultiplyAddEstimate(x7, h, h);
            x8 = Vector128.MultiplyAddEstimate(x8, h, h);
            x9 = Vector128.MultiplyAddEstimate(x9, h, h);
            x10 = Vector128.MultiplyAddEstimate(x10, h, h);
            x11 = Vector128.MultiplyAddEstimate(x11, h, h);
        }
        return Vector128.Sum(x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float RunScalar(int steps, float start)
    {
        float x0 = start, x1 = x0 + Half, x2 = x1 + Half, x3 = x2 + Half, x4 = x3 + Half, x5 = x4 + Half;
        float x6 = x5 + Half, x7 = x6 + Half, x8 = x7 + Half, x9 = x8 + Half, x10 = x9 + Half, x11 = x10 + Half;
        for (int i = 0; i < steps; i++)
        {
            x0 = (x0 * Half) + Half;
            x1 = (x1 * Half) + Half;
            x2 = (x2 * Half) + Half;
            x3 = (x3 * Half) + Half;
            x4 = (x4 * Half) + Half;
            x5 = (x5 * Half) + Half;
            x6 = (x6 * Half) + Half;
            x7 = (x7 * Half) + Half;
            x8 = (x8 * Half) + Half;
            x9 = (x9 * Half) + Half;
            x10 = (x10 * Half) + Half;
            x11 = (x11 * Half) + Half;
        }
        return x0 + x1 + x2 + x3 + x4 + x5 + x6 + x7 + x8 + x9 + x10 + x11;
    }
}
