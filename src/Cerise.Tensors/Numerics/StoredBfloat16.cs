using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>bfloat16: the upper half of a float32.</summary>
internal readonly unsafe struct StoredBfloat16 : IStored16
{
    public static int Size => sizeof(ushort);

    public static bool Paired => true;

    public static bool CostlyToWiden => false;

    public static ushort Narrow(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        if (float.IsNaN(value))
            return (ushort)((bits >> 16) | 0x0040);                        // quiet, so that cutting the payload cannot turn it into infinity
        return (ushort)((bits + 0x7FFF + ((bits >> 16) & 1)) >> 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Widen(ushort bits) => BitConverter.UInt32BitsToSingle((uint)bits << 16);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int vector)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.LoadBfloat16((ushort*)row + (vector / 2 * 32), upper: vector % 2 == 1);
}
