namespace Cerise.Data.Datasets;

/// <summary>A random order of 0 to <c>count</c> - 1 of which each place is computed on its own, in constant memory.</summary>
/// <remarks>
/// A Feistel network over the smallest square of a power of two that holds the range; what falls outside is sent through again until it is inside
/// (Black and Rogaway 2002, "Ciphers with arbitrary finite domains").
/// </remarks>
internal readonly struct IndexPermutation
{
    private const int Rounds = 8;

    private readonly ulong[] _keys;
    private readonly ulong _count;
    private readonly int _halfBits;

    /// <summary>Makes the order that a random source gives.</summary>
    /// <param name="count">How many; at least 1.</param>
    /// <param name="random">64 random bits for an index; its first eight are used.</param>
    public IndexPermutation(long count, Func<long, ulong> random)
    {
        _count = (ulong)count;
        _halfBits = 1;
        while (1UL << (2 * _halfBits) < _count)
            _halfBits++;
        _keys = new ulong[Rounds];
        for (int i = 0; i < Rounds; i++)
            _keys[i] = random(i);
    }

    /// <summary>The number at a place, in [0, count).</summary>
    public long At(long index)
    {
        ulong value = (ulong)index;
        do
            value = Encrypt(value);
        while (value >= _count);
        return (long)value;
    }

    private ulong Encrypt(ulong value)
    {
        ulong mask = (1UL << _halfBits) - 1, left = value >> _halfBits, right = value & mask;
        foreach (ulong key in _keys)
            (left, right) = (right, left ^ (Mix(right + key) & mask));
        return (left << _halfBits) | right;
    }

    private static ulong Mix(ulong x)                                      // SplitMix64's finalizer
    {
        unchecked
        {
            x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9;
            x = (x ^ (x >> 27)) * 0x94D049BB133111EB;
            return x ^ (x >> 31);
        }
    }
}
