namespace Cerise.Tensors.Numerics;

/// <summary>A way in which numbers of a weight are stored; kernels widen them to float32 in registers.</summary>
internal unsafe interface IStored
{
    /// <summary>Bytes of a number.</summary>
    public static abstract int Size { get; }

    /// <summary>Sixteen numbers as float32.</summary>
    public static abstract TLanes Load<TLanes>(byte* source)
        where TLanes : struct, ILanes<TLanes>;
}

/// <summary>Numbers stored as they are computed with.</summary>
internal readonly unsafe struct StoredFloat32 : IStored
{
    public static int Size => sizeof(float);

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.AggressiveInlining)]
    public static TLanes Load<TLanes>(byte* source)
        where TLanes : struct, ILanes<TLanes> =>
        TLanes.Load((float*)source);
}
