namespace Cerise.Tensors;

/// <summary>Whole numbers that ops read: token ids, positions, row numbers. Fixed once made.</summary>
public sealed class Indices
{
    private readonly int[] _values;

    /// <summary>A copy of <paramref name="values"/>.</summary>
    public Indices(ReadOnlySpan<int> values)
    {
        _values = GC.AllocateUninitializedArray<int>(Math.Max(values.Length, 1), pinned: true);
        values.CopyTo(_values);
        Count = values.Length;
    }

    /// <summary>How many there are.</summary>
    public int Count { get; }

    /// <summary>The numbers, on the host.</summary>
    public ReadOnlySpan<int> Values => _values.AsSpan(0, Count);

    /// <summary>Where the numbers lie; valid while this object lives.</summary>
    internal unsafe int* Pointer => (int*)System.Runtime.InteropServices.Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0);
}
