namespace Cerise.Tensors.Numerics;

/// <summary>A way in which numbers of a weight are stored; kernels widen them to float32 in registers, which is exact.</summary>
internal unsafe interface IStored
{
    /// <summary>Bytes of a number.</summary>
    public static abstract int Size { get; }

    /// <summary>Whether vectors of sixteen numbers lie in pairs (<see cref="IStored16"/>) instead of side by side.</summary>
    public static abstract bool Paired { get; }

    /// <summary>Whether widening costs more than a few products, so that with many rows a panel is widened once for all of them.</summary>
    public static abstract bool CostlyToWiden { get; }

    /// <summary>Sixteen numbers as float32.</summary>
    /// <param name="row">A row of vectors.</param>
    /// <param name="vector">Which vector of the row.</param>
    public static abstract TLanes Load<TLanes>(byte* row, int vector)
        where TLanes : struct, ILanes<TLanes>;
}
