namespace Cerise.Tensors;

/// <summary>What is done to a row's logits before a token is drawn; one of these belongs to one sequence and may change from draw to draw.</summary>
/// <remarks>
/// Order: <see cref="SamplingRow.RepetitionPenalty"/>, presence and frequency penalties, biases, then what is not allowed becomes impossible. Recorded
/// log-probabilities are those of the logits as they were.
/// </remarks>
public sealed class LogitChanges
{
    private readonly Dictionary<int, int> _places = [];                    // of a token in _seen
    private readonly List<int> _seen = [];
    private readonly List<int> _counts = [];
    private readonly int[] _biased;
    private readonly float[] _biases;

    /// <param name="bias">Added to the logits of tokens; null for none.</param>
    public LogitChanges(IReadOnlyDictionary<int, float>? bias = null)
    {
        _biased = [.. (bias?.Keys ?? []).Order()];
        _biases = [.. _biased.Select(id => bias![id])];
    }

    /// <summary>Subtracted from the logit of every token that was seen. Default 0.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit once for each time it was seen. Default 0.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>The only tokens that may be drawn: bit id % 64 of number id / 64 for every token of the vocabulary. Null (default) for all.</summary>
    public ulong[]? Allowed { get; set; }

    /// <summary>Notes a token, for the presence and frequency penalties.</summary>
    public void See(int id)
    {
        if (PresencePenalty == 0 && FrequencyPenalty == 0)
            return;
        if (_places.TryGetValue(id, out int place))
        {
            _counts[place]++;
            return;
        }
        _places.Add(id, _seen.Count);
        _seen.Add(id);
        _counts.Add(1);
    }

    /// <summary>Changes the logits of a whole row.</summary>
    internal unsafe void Apply(float* logits, int vocab)
    {
        for (int i = 0; i < _seen.Count; i++)
            logits[_seen[i]] -= PresencePenalty + (FrequencyPenalty * _counts[i]);
        for (int i = 0; i < _biased.Length; i++)
            if ((uint)_biased[i] < (uint)vocab)
                logits[_biased[i]] += _biases[i];
        if (Allowed is { } allowed)
            Forbid(logits, vocab, allowed);
    }

    private static unsafe void Forbid(float* logits, int vocab, ulong[] allowed)
    {
        for (int first = 0; first < vocab; first += 64)
        {
            int count = Math.Min(64, vocab - first);
            ulong bits = first / 64 < allowed.Length ? allowed[first / 64] : 0;
            if (bits == 0)
                new Span<float>(logits + first, count).Fill(float.NegativeInfinity);
            else if (bits != ulong.MaxValue)
            {
                for (int i = 0; i < count; i++)
                    if ((bits >> i & 1) == 0)
                        logits[first + i] = float.NegativeInfinity;
            }
        }
    }
}
