using Cerise.Tensors;

namespace Cerise.Training.Batches;

/// <summary>The order examples are used in: a new permutation every epoch, a pure function of the seed, so that a resumed run needs only its step.</summary>
/// <param name="count">Number of examples, at least 1.</param>
/// <param name="seed">Source of the permutations; null for the examples' own order, every epoch.</param>
public sealed class ShuffledOrder(int count, Seed? seed)
{
    private (long Epoch, int[] Order)? _current;

    /// <summary>Which example comes at <paramref name="place"/>, counted over all epochs.</summary>
    public int At(long place)
    {
        (long epoch, long index) = Math.DivRem(place, count);
        if (seed is not { } source)
            return (int)index;
        if (_current is not { } known || known.Epoch != epoch)
            _current = known = (epoch, source.Fork(epoch).Permutation(count));
        return known.Order[index];
    }
}
