namespace Cerise.Tensors.Numerics;

/// <summary>One to four vectors of sixteen lanes side by side: a row of a register tile.</summary>
internal unsafe interface IRow<TSelf, TLanes>
    where TSelf : struct, IRow<TSelf, TLanes>
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Columns of the row.</summary>
    public static abstract int Width { get; }

    public static abstract TSelf Zero { get; }

    public static abstract TSelf Load(float* source);

    /// <summary>Reads numbers stored as <typeparamref name="TStored"/> and widens them.</summary>
    public static abstract TSelf Widen<TStored>(byte* source)
        where TStored : struct, IStored;

    /// <summary>Asks for the memory of such a row before it is needed.</summary>
    public static abstract void Ask<TStored>(byte* source)
        where TStored : struct, IStored;

    public static abstract void Store(TSelf row, float* target);

    /// <summary>x * b + c in every lane.</summary>
    public static abstract TSelf Fma(TLanes x, TSelf b, TSelf c);
}
