using System.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>GELU and its slope, one number at a time.</summary>
internal static class GeluReference
{
    /// <summary>x Phi(x), or its approximation by a tanh.</summary>
    public static T Value<T>(GeluForm form, T x)
        where T : IFloatingPointIeee754<T> =>
        form == GeluForm.Exact ? x * Phi(x) : x / Two<T>() * (T.One + T.Tanh(Inner(x)));

    /// <summary>The slope.</summary>
    public static T Slope<T>(GeluForm form, T x)
        where T : IFloatingPointIeee754<T>
    {
        if (form == GeluForm.Exact)
            return Phi(x) + (x * T.Exp(-x * x / Two<T>()) / T.Sqrt(Two<T>() * T.Pi));
        T tanh = T.Tanh(Inner(x));
        T inner = T.Sqrt(Two<T>() / T.Pi) * (T.One + (T.CreateChecked(3 * 0.044715) * x * x));
        return ((T.One + tanh) / Two<T>()) + (x / Two<T>() * (T.One - (tanh * tanh)) * inner);
    }

    private static T Inner<T>(T x)
        where T : IFloatingPointIeee754<T> => T.Sqrt(Two<T>() / T.Pi) * (x + (T.CreateChecked(0.044715) * x * x * x));

    private static T Phi<T>(T x)
        where T : IFloatingPointIeee754<T> => (T.One + Erf(x / T.Sqrt(Two<T>()))) / Two<T>();

    // erf(x) = 2 / sqrt(pi) e^(-x^2) sum of 2^n x^(2n + 1) / (1 3 5 .. (2n + 1)): all terms have one sign.
    private static T Erf<T>(T x)
        where T : IFloatingPointIeee754<T>
    {
        if (T.Abs(x) > T.CreateChecked(6))
            return T.CreateChecked(T.Sign(x));
        T term = x;
        T sum = x;
        for (int n = 1; T.Abs(term) > T.Abs(sum) * T.CreateChecked(1e-18); n++)
        {
            term *= Two<T>() * x * x / T.CreateChecked((2 * n) + 1);
            sum += term;
        }
        return Two<T>() / T.Sqrt(T.Pi) * T.Exp(-x * x) * sum;
    }

    private static T Two<T>()
        where T : IFloatingPointIeee754<T> => T.One + T.One;
}
