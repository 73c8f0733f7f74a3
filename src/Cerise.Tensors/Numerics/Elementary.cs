using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Elementary functions over lanes: one polynomial for every lane, so a number's image does not depend on where in a row it stands.</summary>
internal static class Elementary
{
    // e^x below this is no normal number, and taken for 0.
    private const float LeastExponent = -87.33654f;

    // 2 sqrt(2 / pi), and that times 0.044715.
    private const float GeluLinear = 1.59576912f;
    private const float GeluCubic = 0.0713548163f;

    /// <summary>e^x, relative error below 2e-7 over the whole range; 0 below -87.3, +infinity above 88.7, NaN for NaN.</summary>
    /// <remarks>x = n ln 2 + r with |r| at most ln 2 / 2; e^r by its Taylor polynomial of degree 7 (remainder below 1e-9); the scaling by 2^n is done in two steps so that n = 128 does not overflow early.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Exp<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes low = TLanes.Broadcast(LeastExponent);
        TLanes high = TLanes.Broadcast(88.72283f);
        TLanes clamped = TLanes.Min(high, TLanes.Max(low, x));
        TLanes n = TLanes.Round(clamped * TLanes.Broadcast(1.44269504f));
        TLanes p = ExpOfRest(clamped, n);
        TLanes half = TLanes.Round(n * TLanes.Broadcast(0.5f));
        TLanes y = (p * TLanes.PowerOfTwo(half)) * TLanes.PowerOfTwo(n - half);
        y = TLanes.SelectLess(x, low, TLanes.Zero, y);
        return TLanes.SelectLess(high, x, TLanes.Broadcast(float.PositiveInfinity), y);
    }

    /// <summary>e^x for x at most 0, or NaN: the bits of <see cref="Exp"/> with a third less work. For softmax, whose arguments have the largest taken off.</summary>
    /// <remarks>Without an upper bound to mind, and with n in [-126, 0], one scaling will do: it rounds as the two of <see cref="Exp"/> do, of which the first is exact.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes ExpOfNonPositive<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes low = TLanes.Broadcast(LeastExponent);
        TLanes clamped = TLanes.Max(low, x);
        TLanes n = TLanes.Round(clamped * TLanes.Broadcast(1.44269504f));
        return TLanes.SelectLess(x, low, TLanes.Zero, ExpOfRest(clamped, n) * TLanes.PowerOfTwo(n));
    }

    /// <summary>1 / (1 + e^-x), without overflow for large |x|.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Sigmoid<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Broadcast(1f) / (TLanes.Broadcast(1f) + Exp(TLanes.Zero - x));

    /// <summary>tanh x, relative error below 3e-7; 1 and -1 for large |x|, NaN for NaN, and the sign of a zero is kept.</summary>
    /// <remarks>Below 0.6 x + x^3 P(x^2) with P of degree 4, fitted by least squares to an error of 7e-9; above (1 - e^-2|x|) / (1 + e^-2|x|), which cancels little there.</remarks>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Tanh<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1f);
        TLanes z = x * x;
        TLanes p = TLanes.Broadcast(-0.005893945f);
        p = TLanes.Fma(p, z, TLanes.Broadcast(0.020794617f));
        p = TLanes.Fma(p, z, TLanes.Broadcast(-0.053783294f));
        p = TLanes.Fma(p, z, TLanes.Broadcast(0.13331915f));
        p = TLanes.Fma(p, z, TLanes.Broadcast(-0.33333299f));
        TLanes near = x * TLanes.Fma(p, z, one);
        TLanes magnitude = TLanes.Max(TLanes.Zero - x, x);
        TLanes e = ExpOfNonPositive(magnitude * TLanes.Broadcast(-2f));
        TLanes far = (one - e) / (one + e);
        far = TLanes.SelectLess(x, TLanes.Zero, TLanes.Zero - far, far);
        return TLanes.SelectLess(magnitude, TLanes.Broadcast(0.6f), near, far);
    }

    /// <summary>x Phi(x), with Phi the normal distribution (Hendrycks and Gimpel 2016, arXiv:1606.08415), relative error below 1e-6.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Gelu<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * NormalDistribution(x, out _);

    /// <summary>The slope of <see cref="Gelu"/>: Phi(x) + x e^(-x^2 / 2) / sqrt(2 pi).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes GeluSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes phi = NormalDistribution(x, out TLanes bell);
        return TLanes.Fma(x * TLanes.Broadcast(0.39894228f), bell, phi);
    }

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))), the same paper's approximation; as x sigmoid(z), since (1 + tanh(z / 2)) / 2 is sigmoid(z).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes GeluTanh<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes> => x * Sigmoid(GeluArgument(x, x * x));

    /// <summary>The slope of <see cref="GeluTanh"/>: s + x s (1 - s) dz/dx.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes GeluTanhSlope<TLanes>(TLanes x)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes square = x * x;
        TLanes s = Sigmoid(GeluArgument(x, square));
        TLanes slope = TLanes.Fma(square, TLanes.Broadcast(3 * GeluCubic), TLanes.Broadcast(GeluLinear));
        return TLanes.Fma((x * s) * (TLanes.Broadcast(1) - s), slope, s);
    }

    // z = 2 sqrt(2 / pi) (x + 0.044715 x^3).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes GeluArgument<TLanes>(TLanes x, TLanes square)
        where TLanes : struct, ILanes<TLanes> => x * TLanes.Fma(square, TLanes.Broadcast(GeluCubic), TLanes.Broadcast(GeluLinear));

    // Phi(-a) = e^(-a^2 / 2) t P(t) for a >= 0, with t = 1 / (1 + 0.35 a / sqrt(2)) and P fitted to it by Chebyshev interpolation over a / sqrt(2) up to 9.4.
    // Small tails keep their relative precision, which 1 - erf would lose.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes NormalDistribution<TLanes>(TLanes x, out TLanes bell)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes one = TLanes.Broadcast(1);
        TLanes a = TLanes.Max(TLanes.Zero - x, x);
        bell = ExpOfNonPositive((x * TLanes.Broadcast(-0.5f)) * x);
        TLanes t = one / TLanes.Fma(a, TLanes.Broadcast(0.24748737f), one);
        TLanes p = TLanes.Broadcast(0.0274721328f);
        p = TLanes.Fma(p, t, TLanes.Broadcast(-0.167618752f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(0.340831339f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(-0.260848641f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(0.241985008f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(0.0150201153f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(0.107451901f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(0.0968736485f));
        p = TLanes.Fma(p, t, TLanes.Broadcast(0.098833248f));
        TLanes tail = (bell * t) * p;
        return TLanes.SelectLess(x, TLanes.Zero, tail, one - tail);
    }

    // e^(x - n ln 2).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TLanes ExpOfRest<TLanes>(TLanes x, TLanes n)
        where TLanes : struct, ILanes<TLanes>
    {
        TLanes r = TLanes.Fma(n, TLanes.Broadcast(-0.693359375f), x);                  // ln 2 in two parts, the first exact in 10 bits
        r = TLanes.Fma(n, TLanes.Broadcast(2.12194440e-4f), r);
        TLanes p = TLanes.Broadcast(1f / 5040);
        p = TLanes.Fma(p, r, TLanes.Broadcast(1f / 720));
        p = TLanes.Fma(p, r, TLanes.Broadcast(1f / 120));
        p = TLanes.Fma(p, r, TLanes.Broadcast(1f / 24));
        p = TLanes.Fma(p, r, TLanes.Broadcast(1f / 6));
        p = TLanes.Fma(p, r, TLanes.Broadcast(0.5f));
        p = TLanes.Fma(p, r, TLanes.Broadcast(1f));
        return TLanes.Fma(p, r, TLanes.Broadcast(1f));
    }
}
