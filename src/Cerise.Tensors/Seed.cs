using Cerise.Tensors.Numerics;

namespace Cerise.Tensors;

/// <summary>A named source of random numbers without state: number <c>i</c> of a seed is a pure function of the seed and <c>i</c>.</summary>
/// <remarks>
/// Draws are keyed by purpose, not by order: <c>seed.Fork("rollout").Fork(step).Fork(prompt).Fork(sample)</c> gives the same numbers whatever was drawn
/// elsewhere, on any number of threads, and after a resume. Two different forks of one seed are independent streams.
/// </remarks>
public readonly record struct Seed
{
    private Seed(ulong key) => Key = key;

    /// <summary>The 64 bits that name this stream.</summary>
    public ulong Key { get; }

    /// <summary>The root seed of a run.</summary>
    public static Seed From(long seed) => new(Mix(unchecked((ulong)seed) + 0x9E3779B97F4A7C15));

    /// <summary>The stream for a purpose, such as "init" or "rollout".</summary>
    public Seed Fork(string purpose)
    {
        ArgumentNullException.ThrowIfNull(purpose);
        ulong hash = 0xCBF29CE484222325;                                   // FNV-1a over the UTF-16 code units
        foreach (char c in purpose)
            hash = unchecked((hash ^ c) * 0x100000001B3);
        return new Seed(Mix(unchecked(Key + Mix(hash))));
    }

    /// <summary>The stream for an index, such as a step, a prompt or a sample.</summary>
    public Seed Fork(long index) => new(Mix(unchecked(Key ^ (Mix((ulong)index + 0xD1B54A32D192ED03) * 0x2545F4914F6CDD1D))));

    /// <summary>32 random bits at <paramref name="index"/>.</summary>
    public uint Bits(long index) => Philox.Block(Key, unchecked((ulong)index)).X0;

    /// <summary>A number in [0, 1), a multiple of 2^-53.</summary>
    public double Uniform(long index)
    {
        (uint x0, uint x1, _, _) = Philox.Block(Key, unchecked((ulong)index));
        return (((ulong)x0 << 21) ^ (x1 >> 11)) * (1.0 / (1UL << 53));
    }

    /// <summary>A standard normal number (Box-Muller).</summary>
    public double Normal(long index)
    {
        (uint x0, uint x1, uint x2, uint x3) = Philox.Block(Key, unchecked((ulong)index));
        double u = ((((ulong)x0 << 21) ^ (x1 >> 11)) + 1) * (1.0 / (1UL << 53));      // (0, 1]
        double v = (((ulong)x2 << 21) ^ (x3 >> 11)) * (1.0 / (1UL << 53));
        return Math.Sqrt(-2 * Math.Log(u)) * Math.Cos(2 * Math.PI * v);
    }

    /// <summary>A whole number in [0, <paramref name="bound"/>).</summary>
    public int Below(long index, int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        (uint x0, uint x1, _, _) = Philox.Block(Key, unchecked((ulong)index));
        return (int)Math.BigMul(((ulong)x0 << 32) | x1, (ulong)bound, out _);
    }

    /// <summary>A random order of 0 to <paramref name="count"/> - 1 (Fisher-Yates).</summary>
    public int[] Permutation(int count)
    {
        int[] order = new int[count];
        for (int i = 0; i < count; i++)
            order[i] = i;
        for (int i = count - 1; i > 0; i--)
        {
            int j = Below(i, i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        return order;
    }

    /// <summary>The numbers of this seed one after the other, for code that draws an unknown number of them.</summary>
    public RandomStream Stream() => new(this);

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
