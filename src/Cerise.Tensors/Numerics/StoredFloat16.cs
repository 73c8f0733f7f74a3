using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>IEEE half precision.</summary>
/// <remarks>
/// Widening moves exponent and fraction to their places in a float32 and adds the difference of the biases, 112; infinities and NaN take another 112. Numbers below
/// the least normal one, 2^-14, are read with an exponent one higher and have 2^-14 taken off, which is exact and meets no float32 below its own least normal one.
/// All kinds of lanes compute alike, so that NaN too has the same bits everywhere.
/// </remarks>
internal readonly unsafe struct StoredFloat16 : IStored16
{
    /// <summary>112 in the place of a float32's exponent.</summary>
    public const uint Rebias = 112u << 23;

    /// <summary>Exponent and fraction of float16's infinity, moved to their places.</summary>
    public const uint Infinity = 31u << 23;

    /// <summary>Exponent and fraction of float16's least normal number, moved to their places.</summary>
    public const uint LeastNormal = 1u << 23;

    public static int Size => sizeof(ushort);

    public static bool Paired => true;

    public static bool CostlyToWiden => true;

    public static ushort Narrow(float value) => BitConverter.HalfToUInt16Bits((Half)value);

    public static float Widen(ushort bits)
    {
        uint magnitude = (bits & 0x7FFFu) << 13;
        uint widened = magnitude + Rebias;
        if (magnitude >= Infinity)
            widened += Rebias;
        else if (magnitude < LeastNormal)
            widened = BitConverter.SingleToUInt32Bits(BitConverter.UInt32BitsToSingle(widened + LeastNormal) - BitConverter.UInt32BitsToSingle(Rebias + LeastNormal));
        return BitConverter.UInt32BitsToSingle(widened | ((bits & 0x8000u) << 16));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int vector)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.LoadFloat16((ushort*)row + (vector / 2 * 32), upper: vector % 2 == 1);
}
