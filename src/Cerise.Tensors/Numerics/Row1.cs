using System.Runtime.CompilerServices;

namespace Cerise.Tensors.Numerics;

/// <summary>One vector: 16 columns.</summary>
internal readonly unsafe struct Row1<TLanes> : IRow<Row1<TLanes>, TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    private readonly TLanes _v0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Row1(TLanes v0)
    {
        _v0 = v0;
    }

    public static int Width => 16;

    public static Row1<TLanes> Zero => default;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row1<TLanes> Load(float* source) => new(TLanes.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row1<TLanes> Widen<TStored>(byte* source)
        where TStored : struct, IStored =>
        new(TStored.Load<TLanes>(source, 0));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ask<TStored>(byte* source)
        where TStored : struct, IStored
    {
        Prefetch.Near(source);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(Row1<TLanes> row, float* target)
    {
        TLanes.Store(row._v0, target);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Row1<TLanes> Fma(TLanes x, Row1<TLanes> b, Row1<TLanes> c) =>
        new(TLanes.Fma(x, b._v0, c._v0));
}
