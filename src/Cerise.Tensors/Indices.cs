using System.Numerics;
using System.Runtime.InteropServices;

namespace Cerise.Tensors;

/// <summary>Whole numbers that ops read: token ids, positions, row numbers.</summary>
/// <remarks>
/// A recorded op reads them again on the way back, so they must stay as they are until the backward pass is over; <see cref="Set"/> serves a loop whose graph
/// does not record, such as decoding.
/// </remarks>
public sealed class Indices
{
    private int[] _values = [];

    /// <summary>No numbers, until <see cref="Set"/>.</summary>
    public Indices()
    {
    }

    /// <summary>A copy of <paramref name="values"/>.</summary>
    public Indices(ReadOnlySpan<int> values) => Set(values);

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    /// <summary>The numbers, on the host.</summary>
    public ReadOnlySpan<int> Values => _values.AsSpan(0, Count);

    /// <summary>Where the numbers lie; valid while this object lives and until it grows. Null before the first.</summary>
    internal unsafe int* Pointer => (int*)Marshal.UnsafeAddrOfPinnedArrayElement(_values, 0);

    /// <summary>Replaces the numbers by a copy of <paramref name="values"/>. The memory is kept and only grows, so a warm loop allocates nothing.</summary>
    public void Set(ReadOnlySpan<int> values) => values.CopyTo(Resize(values.Length));

    /// <summary>Keeps the first <paramref name="count"/> numbers.</summary>
    internal void Shrink(int count) => Count = Math.Min(Count, count);

    /// <summary>Makes room for <paramref name="count"/> numbers, to be written by the caller; what was there is lost.</summary>
    internal Span<int> Resize(int count)
    {
        if (count > _values.Length || _values.Length == 0)
        {
            int capacity = Count == 0 ? Math.Max(count, 1) : (int)BitOperations.RoundUpToPowerOf2((uint)count);
            _values = GC.AllocateUninitializedArray<int>(capacity, pinned: true);
        }
        Count = count;
        return _values.AsSpan(0, count);
    }
}
