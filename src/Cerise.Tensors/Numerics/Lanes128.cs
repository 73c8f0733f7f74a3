using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Cerise.Tensors.Numerics;

/// <summary>Sixteen lanes in four 128-bit vectors (SSE, NEON); multiply and add are rounded once only where the machine can.</summary>
internal readonly unsafe struct Lanes128 : ILanes<Lanes128>
{
    private readonly Vector128<float> _v0;
    private readonly Vector128<float> _v1;
    private readonly Vector128<float> _v2;
    private readonly Vector128<float> _v3;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes128(Vector128<float> v0, Vector128<float> v1, Vector128<float> v2, Vector128<float> v3)
    {
        _v0 = v0;
        _v1 = v1;
        _v2 = v2;
        _v3 = v3;
    }

    public static Lanes128 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Broadcast(float value)
    {
        Vector128<float> v = Vector128.Create(value);
        return new(v, v, v, v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) => new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadBfloat16(ushort* pairs, bool upper) => new(Bfloat16(pairs, upper), Bfloat16(pairs + 8, upper), Bfloat16(pairs + 16, upper), Bfloat16(pairs + 24, upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 LoadFloat16(ushort* pairs, bool upper) => new(Float16(pairs, upper), Float16(pairs + 8, upper), Float16(pairs + 16, upper), Float16(pairs + 24, upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes128 value, float* target)
    {
        value._v0.Store(target);
        value._v1.Store(target + 4);
        value._v2.Store(target + 8);
        value._v3.Store(target + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Fma(Lanes128 a, Lanes128 b, Lanes128 c) => new(Vector128.MultiplyAddEstimate(a._v0, b._v0, c._v0), Vector128.MultiplyAddEstimate(a._v1, b._v1, c._v1), Vector128.MultiplyAddEstimate(a._v2, b._v2, c._v2), Vector128.MultiplyAddEstimate(a._v3, b._v3, c._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a._v0 + b._v0, a._v1 + b._v1, a._v2 + b._v2, a._v3 + b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a._v0 - b._v0, a._v1 - b._v1, a._v2 - b._v2, a._v3 - b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a._v0 * b._v0, a._v1 * b._v1, a._v2 * b._v2, a._v3 * b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a._v0 / b._v0, a._v1 / b._v1, a._v2 / b._v2, a._v3 / b._v3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => new(Vector128.MaxNative(a._v0, b._v0), Vector128.MaxNative(a._v1, b._v1), Vector128.MaxNative(a._v2, b._v2), Vector128.MaxNative(a._v3, b._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Min(Lanes128 a, Lanes128 b) => new(Vector128.MinNative(a._v0, b._v0), Vector128.MinNative(a._v1, b._v1), Vector128.MinNative(a._v2, b._v2), Vector128.MinNative(a._v3, b._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Sqrt(Lanes128 a) => new(Vector128.Sqrt(a._v0), Vector128.Sqrt(a._v1), Vector128.Sqrt(a._v2), Vector128.Sqrt(a._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Round(Lanes128 a) => new(Vector128.Round(a._v0), Vector128.Round(a._v1), Vector128.Round(a._v2), Vector128.Round(a._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 PowerOfTwo(Lanes128 n) => new(Exponent(n._v0), Exponent(n._v1), Exponent(n._v2), Exponent(n._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectLess(Lanes128 a, Lanes128 b, Lanes128 whenLess, Lanes128 otherwise) =>
        new(Vector128.ConditionalSelect(Vector128.LessThan(a._v0, b._v0), whenLess._v0, otherwise._v0), Vector128.ConditionalSelect(Vector128.LessThan(a._v1, b._v1), whenLess._v1, otherwise._v1), Vector128.ConditionalSelect(Vector128.LessThan(a._v2, b._v2), whenLess._v2, otherwise._v2), Vector128.ConditionalSelect(Vector128.LessThan(a._v3, b._v3), whenLess._v3, otherwise._v3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes128 a)
    {
        Vector128<float> four = (a._v0 + a._v2) + (a._v1 + a._v3);
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Lanes128 a)
    {
        Vector128<float> four = Vector128.Max(Vector128.Max(a._v0, a._v2), Vector128.Max(a._v1, a._v3));
        return MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Exponent(Vector128<float> n) => Vector128.ShiftLeft(Vector128.ConvertToInt32Native(n) + Vector128.Create(127), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Bfloat16(ushort* pairs, bool upper)
    {
        Vector128<uint> words = Vector128.Load((uint*)pairs);
        return (upper ? words & Vector128.Create(0xFFFF_0000u) : words << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Float16(ushort* pairs, bool upper)
    {
        Vector128<uint> words = Vector128.Load((uint*)pairs);
        Vector128<uint> bits = upper ? words >>> 16 : words & Vector128.Create(0xFFFFu);
        Vector128<uint> magnitude = (bits & Vector128.Create(0x7FFFu)) << 13;
        Vector128<uint> rebias = Vector128.Create(StoredFloat16.Rebias);
        Vector128<uint> leastNormal = Vector128.Create(StoredFloat16.LeastNormal);
        Vector128<uint> widened = magnitude + rebias;
        Vector128<uint> small = ((widened + leastNormal).AsSingle() - (rebias + leastNormal).AsSingle()).AsUInt32();
        Vector128<uint> special = Vector128.GreaterThanOrEqual(magnitude, Vector128.Create(StoredFloat16.Infinity)) & rebias;
        widened = Vector128.ConditionalSelect(Vector128.LessThan(magnitude, leastNormal), small, widened + special);
        return (widened | ((bits & Vector128.Create(0x8000u)) << 16)).AsSingle();
    }
}
