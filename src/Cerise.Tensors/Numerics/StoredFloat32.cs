using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Numbers stored as they are computed with.</summary>
internal readonly unsafe struct StoredFloat32 : IStored
{
    public static int Size => sizeof(float);

    public static bool Paired => false;

    public static bool CostlyToWiden => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int vector)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Load((float*)row + (16 * vector));
}
