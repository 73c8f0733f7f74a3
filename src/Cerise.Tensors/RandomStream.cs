namespace Cerise.Tensors;

/// <summary>Draws the numbers of one <see cref="Seed"/> in order; local to the code that makes it, never shared.</summary>
public sealed class RandomStream(Seed seed)
{
    private long _next;

    /// <summary>A whole number in [<paramref name="low"/>, <paramref name="high"/>], both included.</summary>
    public int Between(int low, int high) => low + seed.Below(_next++, checked(high - low + 1));

    /// <summary>A number in [0, 1).</summary>
    public double Uniform() => seed.Uniform(_next++);

    /// <summary>One of <paramref name="choices"/>, each as likely as the others.</summary>
    public T Pick<T>(IReadOnlyList<T> choices)
    {
        ArgumentNullException.ThrowIfNull(choices);
        return choices[seed.Below(_next++, choices.Count)];
    }

    /// <summary>True with the given probability.</summary>
    public bool Chance(double probability) => Uniform() < probability;
}
