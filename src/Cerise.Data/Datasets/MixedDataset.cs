using System.Globalization;

namespace Cerise.Data.Datasets;

/// <summary>Several datasets in shuffled order, each with its share of every epoch.</summary>
/// <remarks>
/// <para>
/// The row at (epoch, index) is a pure function of the sources, the weights and the random source: nothing is remembered, any place can be asked for
/// in any order and on any thread, and a resumed run goes on with the very rows an unbroken one would see.
/// </para>
/// <para>
/// An epoch has <see cref="Count"/> rows. A source fills a fixed number of them, its weight's share (largest remainders first), and is gone through
/// in shuffled passes that run on over the epochs: every pass holds each of its rows once, however small or large its share of an epoch is.
/// </para>
/// </remarks>
public sealed class MixedDataset
{
    private readonly IReadOnlyList<Row>[] _sources;
    private readonly long[] _starts;
    private readonly Func<string, Func<long, ulong>> _randomness;

    /// <summary>Makes a mix.</summary>
    /// <param name="sources">Rows and weight of each; weights count relative to their sum. Sources of weight 0 are left out.</param>
    /// <param name="randomness">
    /// For a purpose, such as <c>epoch/3</c>, a function from an index to 64 random bits: the same for the same purpose and index, always.
    /// </param>
    /// <param name="count">Rows in an epoch; null for as many as the sources with a weight hold together.</param>
    /// <exception cref="ArgumentException">No source has a weight, one is negative or infinite, or a source has a weight but no rows.</exception>
    public MixedDataset(
        IReadOnlyList<(IReadOnlyList<Row> Rows, double Weight)> sources, Func<string, Func<long, ulong>> randomness, long? count = null)
    {
        ArgumentNullException.ThrowIfNull(sources);
        ArgumentNullException.ThrowIfNull(randomness);
        foreach ((IReadOnlyList<Row> rows, double weight) in sources)
            if (!double.IsFinite(weight) || weight < 0 || (weight > 0 && rows.Count == 0))
                throw new ArgumentException(string.Create(CultureInfo.InvariantCulture,
                    $"a source of {rows.Count} rows has the weight {weight}; it has to be 0 or more, and above 0 there have to be rows"), nameof(sources));
        double total = sources.Sum(source => source.Weight);
        if (!(total > 0) || !double.IsFinite(total))
            throw new ArgumentException("no source has a weight above 0, or the weights are too large", nameof(sources));

        Count = count ?? sources.Where(source => source.Weight > 0).Sum(source => (long)source.Rows.Count);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(Count, nameof(count));
        _sources = [.. sources.Select(source => source.Rows)];
        _starts = Starts([.. sources.Select(source => source.Weight / total)], Count);
        _randomness = randomness;
    }

    /// <summary>Rows in an epoch.</summary>
    public long Count { get; }

    /// <summary>The row at a place.</summary>
    /// <param name="epoch">From 0.</param>
    /// <param name="index">From 0 to <see cref="Count"/> - 1.</param>
    public Row At(long epoch, long index)
    {
        (int source, int row) = Place(epoch, index);
        return _sources[source][row];
    }

    /// <summary>Where the row at a place comes from: index of the source and of the row in it; parameters as for <see cref="At"/>.</summary>
    public (int Source, int Row) Place(long epoch, long index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        long slot = Order($"epoch/{Text(epoch)}", Count).At(index);
        int source = 0;
        while (slot >= _starts[source + 1])
            source++;
        long rows = _sources[source].Count, perEpoch = _starts[source + 1] - _starts[source];
        (long pass, long place) = Math.DivRem(checked(epoch * perEpoch + slot - _starts[source]), rows);
        return (source, (int)Order($"source/{Text(source)}/pass/{Text(pass)}", rows).At(place));
    }

    /// <summary>The rows of an epoch, in order.</summary>
    /// <param name="epoch">From 0.</param>
    public IEnumerable<Row> Epoch(long epoch)
    {
        for (long i = 0; i < Count; i++)
            yield return At(epoch, i);
    }

    private IndexPermutation Order(string purpose, long count) => new(count, _randomness(purpose));

    /// <summary>First slot of each source in an epoch before shuffling, and the end.</summary>
    private static long[] Starts(double[] shares, long count)
    {
        long[] quotas = [.. shares.Select(share => (long)Math.Floor(share * count))];
        int[] byRemainder = [.. Enumerable.Range(0, shares.Length).Where(i => shares[i] > 0).OrderByDescending(i => shares[i] * count - quotas[i])];
        for (int i = 0; quotas.Sum() < count; i++)
            quotas[byRemainder[i % byRemainder.Length]]++;
        long[] starts = new long[shares.Length + 1];
        for (int i = 0; i < shares.Length; i++)
            starts[i + 1] = starts[i] + quotas[i];
        return starts;
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);
}
