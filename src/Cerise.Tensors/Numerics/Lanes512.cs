using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Cerise.Tensors.Numerics;

/// <summary>Sixteen lanes in one 512-bit vector (AVX-512).</summary>
internal readonly unsafe struct Lanes512 : ILanes<Lanes512>
{
    private readonly Vector512<float> _v0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Lanes512(Vector512<float> v0)
    {
        _v0 = v0;
    }

    public static Lanes512 Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Broadcast(float value)
    {
        Vector512<float> v = Vector512.Create(value);
        return new(v);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadBfloat16(ushort* pairs, bool upper) => new(Bfloat16(pairs, upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadFloat16(ushort* pairs, bool upper) => new(Float16(pairs, upper));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Lanes512 value, float* target)
    {
        value._v0.Store(target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fma(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.FusedMultiplyAdd(a._v0, b._v0, c._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a._v0 + b._v0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a._v0 - b._v0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a._v0 * b._v0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 a, Lanes512 b) => new(a._v0 / b._v0);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Vector512.MaxNative(a._v0, b._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Min(Lanes512 a, Lanes512 b) => new(Vector512.MinNative(a._v0, b._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Sqrt(Lanes512 a) => new(Vector512.Sqrt(a._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Round(Lanes512 a) => new(Vector512.Round(a._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 PowerOfTwo(Lanes512 n) => new(Exponent(n._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectLess(Lanes512 a, Lanes512 b, Lanes512 whenLess, Lanes512 otherwise) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._v0, b._v0), whenLess._v0, otherwise._v0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sum(Lanes512 a)
    {
        Vector256<float> eight = a._v0.GetLower() + a._v0.GetUpper();
        Vector128<float> four = eight.GetLower() + eight.GetUpper();
        return (four[0] + four[2]) + (four[1] + four[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Lanes512 a)
    {
        Vector256<float> eight = Vector256.Max(a._v0.GetLower(), a._v0.GetUpper());
        Vector128<float> four = Vector128.Max(eight.GetLower(), eight.GetUpper());
        return MathF.Max(MathF.Max(four[0], four[2]), MathF.Max(four[1], four[3]));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 LoadPart(float* source, int count, float fill = 0) =>
        new(Avx512F.MaskLoad(source, FirstLanes(count), Vector512.Create(fill)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void StorePart(Lanes512 value, float* target, int count) => Avx512F.MaskStore(target, FirstLanes(count), value._v0);

    // Pairs of rows, then of pairs, are interleaved within each 128 bits; then the 128-bit quarters of every fourth row change places.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Transpose(float* source, nint sourceStride, float* target, nint targetStride)
    {
        float* quads = stackalloc float[256];                              // row r of group g: quads of columns r, r + 4, r + 8, r + 12 of rows 4 g to 4 g + 3
        for (int g = 0; g < 4; g++)
        {
            float* rows = source + (4 * g * sourceStride);
            Vector512<float> a = Vector512.Load(rows);
            Vector512<float> b = Vector512.Load(rows + sourceStride);
            Vector512<float> c = Vector512.Load(rows + (2 * sourceStride));
            Vector512<float> d = Vector512.Load(rows + (3 * sourceStride));
            Vector512<double> abLow = Avx512F.UnpackLow(a, b).AsDouble();
            Vector512<double> abHigh = Avx512F.UnpackHigh(a, b).AsDouble();
            Vector512<double> cdLow = Avx512F.UnpackLow(c, d).AsDouble();
            Vector512<double> cdHigh = Avx512F.UnpackHigh(c, d).AsDouble();
            Avx512F.UnpackLow(abLow, cdLow).AsSingle().Store(quads + (64 * g));
            Avx512F.UnpackHigh(abLow, cdLow).AsSingle().Store(quads + (64 * g) + 16);
            Avx512F.UnpackLow(abHigh, cdHigh).AsSingle().Store(quads + (64 * g) + 32);
            Avx512F.UnpackHigh(abHigh, cdHigh).AsSingle().Store(quads + (64 * g) + 48);
        }
        for (int r = 0; r < 4; r++)
        {
            Vector512<float> a = Vector512.Load(quads + (16 * r));
            Vector512<float> b = Vector512.Load(quads + 64 + (16 * r));
            Vector512<float> c = Vector512.Load(quads + 128 + (16 * r));
            Vector512<float> d = Vector512.Load(quads + 192 + (16 * r));
            Vector512<float> abEven = Avx512F.Shuffle4x128(a, b, 0b10_00_10_00);
            Vector512<float> abOdd = Avx512F.Shuffle4x128(a, b, 0b11_01_11_01);
            Vector512<float> cdEven = Avx512F.Shuffle4x128(c, d, 0b10_00_10_00);
            Vector512<float> cdOdd = Avx512F.Shuffle4x128(c, d, 0b11_01_11_01);
            Avx512F.Shuffle4x128(abEven, cdEven, 0b10_00_10_00).Store(target + (r * targetStride));
            Avx512F.Shuffle4x128(abOdd, cdOdd, 0b10_00_10_00).Store(target + ((r + 4) * targetStride));
            Avx512F.Shuffle4x128(abEven, cdEven, 0b11_01_11_01).Store(target + ((r + 8) * targetStride));
            Avx512F.Shuffle4x128(abOdd, cdOdd, 0b11_01_11_01).Store(target + ((r + 12) * targetStride));
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Exponent(Vector512<float> n) => Vector512.ShiftLeft(Vector512.ConvertToInt32Native(n) + Vector512.Create(127), 23).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FirstLanes(int count) => Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Bfloat16(ushort* pairs, bool upper)
    {
        Vector512<uint> words = Vector512.Load((uint*)pairs);
        return (upper ? words & Vector512.Create(0xFFFF_0000u) : words << 16).AsSingle();
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Float16(ushort* pairs, bool upper)
    {
        Vector512<uint> words = Vector512.Load((uint*)pairs);
        Vector512<uint> bits = upper ? words >>> 16 : words & Vector512.Create(0xFFFFu);
        Vector512<uint> magnitude = (bits & Vector512.Create(0x7FFFu)) << 13;
        Vector512<uint> rebias = Vector512.Create(StoredFloat16.Rebias);
        Vector512<uint> leastNormal = Vector512.Create(StoredFloat16.LeastNormal);
        Vector512<uint> widened = magnitude + rebias;
        Vector512<uint> small = ((widened + leastNormal).AsSingle() - (rebias + leastNormal).AsSingle()).AsUInt32();
        Vector512<uint> special = Vector512.GreaterThanOrEqual(magnitude, Vector512.Create(StoredFloat16.Infinity)) & rebias;
        widened = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, leastNormal), small, widened + special);
        return (widened | ((bits & Vector512.Create(0x8000u)) << 16)).AsSingle();
    }
}
