using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>The same numbers, begun one vector later: for a tile that begins with the second vector of a pair, where no address says so.</summary>
internal readonly unsafe struct NextVector<TStored> : IStored
    where TStored : struct, IStored
{
    public static int Size => TStored.Size;

    public static bool Paired => TStored.Paired;

    public static bool CostlyToWiden => TStored.CostlyToWiden;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* row, int vector)
        where TLanes : struct, ILanes<TLanes> =>
        TStored.Load<TLanes>(row, vector + 1);
}
