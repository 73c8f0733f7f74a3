using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Sixteen lanes as sixteen floats: the path for machines without vectors, and the plainest statement of what the lanes mean.</summary>
[InlineArray(16)]
internal unsafe struct LanesScalar : ILanes<LanesScalar>
{
    private float _first;

    public static LanesScalar Zero => default;

    public static LanesScalar Broadcast(float value)
    {
        LanesScalar lanes = default;
        for (int i = 0; i < 16; i++)
            lanes[i] = value;
        return lanes;
    }

    public static LanesScalar Load(float* source)
    {
        LanesScalar lanes = default;
        for (int i = 0; i < 16; i++)
            lanes[i] = source[i];
        return lanes;
    }

    public static LanesScalar LoadBfloat16(ushort* pairs, bool upper)
    {
        LanesScalar lanes = default;
        for (int i = 0; i < 16; i++)
            lanes[i] = StoredBfloat16.Widen(pairs[(2 * i) + (upper ? 1 : 0)]);
        return lanes;
    }

    public static LanesScalar LoadFloat16(ushort* pairs, bool upper)
    {
        LanesScalar lanes = default;
        for (int i = 0; i < 16; i++)
            lanes[i] = StoredFloat16.Widen(pairs[(2 * i) + (upper ? 1 : 0)]);
        return lanes;
    }

    public static void Store(LanesScalar value, float* target)
    {
        for (int i = 0; i < 16; i++)
            target[i] = value[i];
    }

    public static LanesScalar Fma(LanesScalar a, LanesScalar b, LanesScalar c)
    {
        for (int i = 0; i < 16; i++)
            a[i] = System.Runtime.Intrinsics.X86.Fma.IsSupported ? MathF.FusedMultiplyAdd(a[i], b[i], c[i]) : (a[i] * b[i]) + c[i];
        return a;
    }

    public static LanesScalar operator +(LanesScalar a, LanesScalar b)
    {
        for (int i = 0; i < 16; i++)
            a[i] += b[i];
        return a;
    }

    public static LanesScalar operator -(LanesScalar a, LanesScalar b)
    {
        for (int i = 0; i < 16; i++)
            a[i] -= b[i];
        return a;
    }

    public static LanesScalar operator *(LanesScalar a, LanesScalar b)
    {
        for (int i = 0; i < 16; i++)
            a[i] *= b[i];
        return a;
    }

    public static LanesScalar operator /(LanesScalar a, LanesScalar b)
    {
        for (int i = 0; i < 16; i++)
            a[i] /= b[i];
        return a;
    }

    public static LanesScalar Max(LanesScalar a, LanesScalar b)
    {
        for (int i = 0; i < 16; i++)
            a[i] = MathF.Max(a[i], b[i]);
        return a;
    }

    public static LanesScalar Min(LanesScalar a, LanesScalar b)
    {
        for (int i = 0; i < 16; i++)
            a[i] = MathF.Min(a[i], b[i]);
        return a;
    }

    public static LanesScalar Sqrt(LanesScalar a)
    {
        for (int i = 0; i < 16; i++)
            a[i] = MathF.Sqrt(a[i]);
        return a;
    }

    public static LanesScalar Round(LanesScalar a)
    {
        for (int i = 0; i < 16; i++)
            a[i] = MathF.Round(a[i]);
        return a;
    }

    public static LanesScalar PowerOfTwo(LanesScalar n)
    {
        for (int i = 0; i < 16; i++)
            n[i] = BitConverter.Int32BitsToSingle(((int)n[i] + 127) << 23);
        return n;
    }

    public static LanesScalar SelectLess(LanesScalar a, LanesScalar b, LanesScalar whenLess, LanesScalar otherwise)
    {
        for (int i = 0; i < 16; i++)
            otherwise[i] = a[i] < b[i] ? whenLess[i] : otherwise[i];
        return otherwise;
    }

    public static float Sum(LanesScalar a)
    {
        for (int half = 8; half > 0; half /= 2)
            for (int i = 0; i < half; i++)
                a[i] += a[i + half];
        return a[0];
    }

    public static float MaxLane(LanesScalar a)
    {
        float max = a[0];
        for (int i = 1; i < 16; i++)
            max = MathF.Max(max, a[i]);
        return max;
    }
}
