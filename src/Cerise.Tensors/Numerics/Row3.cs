using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Three vectors side by side: 48 columns.</summary>
internal readonly unsafe struct Row3<TLanes> : IRow<Row3<TLanes>, TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly TLanes _v0, _v1, _v2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Row3(TLanes v0, TLanes v1, TLanes v2)
    {
        _v0 = v0;
        _v1 = v1;
        _v2 = v2;
    }

    public static int Width => 48;

    public static Row3<TLanes> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row3<TLanes> Load(float* source) => new(TLanes.Load(source), TLanes.Load(source + 16), TLanes.Load(source + 32));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row3<TLanes> Widen<TStored>(byte* source)
        where TStored : struct, IStored =>
        new(TStored.Load<TLanes>(source, 0), TStored.Load<TLanes>(source, 1), TStored.Load<TLanes>(source, 2));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask<TStored>(byte* source)
        where TStored : struct, IStored
    {
        Prefetch.Near(source);
        if (TStored.Size == sizeof(float))
            Prefetch.Near(source + (16 * TStored.Size));
        Prefetch.Near(source + (32 * TStored.Size));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Row3<TLanes> row, float* target)
    {
        TLanes.Store(row._v0, target);
        TLanes.Store(row._v1, target + 16);
        TLanes.Store(row._v2, target + 32);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row3<TLanes> Fma(TLanes x, Row3<TLanes> b, Row3<TLanes> c) =>
        new(TLanes.Fma(x, b._v0, c._v0), TLanes.Fma(x, b._v1, c._v1), TLanes.Fma(x, b._v2, c._v2));
}
