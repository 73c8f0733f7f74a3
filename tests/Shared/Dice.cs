namespace Cerise.Testing;

/// <summary>Random choices that follow from a seed and a case's number alone, so that any case can be repeated by itself (splitmix64, Steele et al. 2014).</summary>
internal sealed class Dice(ulong seed, long number)
{
    private ulong _state = Mix(seed ^ Mix((ulong)number));

    /// <summary>64 random bits.</summary>
    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15);

    /// <summary>A number from 0 to before <paramref name="bound"/>; 0 when that is below 1.</summary>
    public int Below(int bound) => bound <= 1 ? 0 : (int)(Next() % (ulong)bound);

    /// <summary>True so many times in a hundred.</summary>
    public bool Chance(int inHundred) => Below(100) < inHundred;

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> items) => items[Below(items.Count)];

    private static ulong Mix(ulong bits)
    {
        bits = (bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9;
        bits = (bits ^ (bits >> 27)) * 0x94D049BB133111EB;
        return bits ^ (bits >> 31);
    }
}
