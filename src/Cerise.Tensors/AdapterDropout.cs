namespace Cerise.Tensors;

/// <summary>Which inputs of an adapter are set to zero: a pure function of the row's key, the adapter's and the channel, so the same however rows are batched and computed.</summary>
public sealed class AdapterDropout
{
    private readonly ulong[] _rows;

    /// <param name="probability">Share of the inputs that are set to zero, in (0, 1); the others are divided by 1 - probability.</param>
    /// <param name="adapter">Tells adapters apart.</param>
    /// <param name="rows">The stream of each row of the batch: one a token, named by step, sequence and position.</param>
    public AdapterDropout(double probability, long adapter, ReadOnlySpan<Seed> rows)
    {
        if (!(probability is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "dropout needs a probability in (0, 1)");
        Probability = probability;
        _rows = new ulong[rows.Length];
        for (int i = 0; i < rows.Length; i++)
            _rows[i] = rows[i].Fork(adapter).Key;
    }

    /// <summary>Share of the inputs that are set to zero.</summary>
    public double Probability { get; }

    /// <summary>The key of each row's stream: 32 bits of it belong to each channel.</summary>
    public ReadOnlySpan<ulong> Rows => _rows;
}
