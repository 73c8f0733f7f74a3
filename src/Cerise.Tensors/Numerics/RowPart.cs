using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Sixteen numbers of a row, or the fewer that are left at its end.</summary>
internal static unsafe class RowPart
{
    /// <summary>Reads numbers; lanes beyond them are 0.</summary>
    /// <param name="source">The first.</param>
    /// <param name="count">How many, 1 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TLanes Read<TLanes>(float* source, int count)
        where TLanes : struct, ILanes<TLanes> => count == 16 ? TLanes.Load(source) : TLanes.LoadPart(source, count);

    /// <summary>Writes the first lanes.</summary>
    /// <param name="value">The lanes.</param>
    /// <param name="target">Where the first goes.</param>
    /// <param name="count">How many, 1 to 16.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<TLanes>(TLanes value, float* target, int count)
        where TLanes : struct, ILanes<TLanes>
    {
        if (count == 16)
            TLanes.Store(value, target);
        else
            TLanes.StorePart(value, target, count);
    }

    /// <summary>Writes the first lanes, or adds them to what is there.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Write<TLanes>(TLanes value, float* target, int count, bool accumulate)
        where TLanes : struct, ILanes<TLanes> => Write(accumulate ? value + Read<TLanes>(target, count) : value, target, count);
}
