using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Two vectors side by side: 32 columns.</summary>
internal readonly unsafe struct Row2<TLanes> : IRow<Row2<TLanes>, TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly TLanes _v0, _v1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Row2(TLanes v0, TLanes v1)
    {
        _v0 = v0;
        _v1 = v1;
    }

    public static int Width => 32;

    public static Row2<TLanes> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row2<TLanes> Load(float* source) => new(TLanes.Load(source), TLanes.Load(source + 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row2<TLanes> Widen<TStored>(byte* source)
        where TStored : struct, IStored =>
        new(TStored.Load<TLanes>(source, 0), TStored.Load<TLanes>(source, 1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask<TStored>(byte* source)
        where TStored : struct, IStored
    {
        Prefetch.Near(source);
        if (TStored.Size == sizeof(float))
            Prefetch.Near(source + (16 * TStored.Size));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Row2<TLanes> row, float* target)
    {
        TLanes.Store(row._v0, target);
        TLanes.Store(row._v1, target + 16);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row2<TLanes> Fma(TLanes x, Row2<TLanes> b, Row2<TLanes> c) =>
        new(TLanes.Fma(x, b._v0, c._v0), TLanes.Fma(x, b._v1, c._v1));
}
