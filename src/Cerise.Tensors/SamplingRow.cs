namespace Cerise.Tensors;

/// <summary>How a token is drawn from one row of logits.</summary>
/// <remarks>
/// Order: repetition penalty, <see cref="Changes"/>, temperature, top-k, top-p, min-p, then a draw by inverse cumulative distribution with one number of the seed, so a row's token
/// depends on that row alone. A value without identity, so that a caller may keep an array of them and write the next <see cref="Draw"/> into it each step;
/// make the first with <c>new SamplingRow()</c>, for <c>default</c> has no settings and is refused.
/// </remarks>
public readonly record struct SamplingRow
{
    /// <summary>A draw from the model's own distribution.</summary>
    public SamplingRow()
    {
    }

    /// <summary>Source of the draw; number <see cref="Draw"/> of it is used.</summary>
    public Seed Seed { get; init; }

    /// <summary>Which number of the seed: the token's index in its completion.</summary>
    public long Draw { get; init; }

    /// <summary>Divides the logits; 0 takes the largest, the lowest id at a tie. Default 1: the model's own distribution.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keep the k largest; 0 keeps all (default).</summary>
    public int TopK { get; init; }

    /// <summary>Keep the smallest set whose probability reaches p, in (0, 1]; 1 keeps all (default).</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep tokens at least p times as likely as the likeliest, in [0, 1]; 0 keeps all (default).</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens in <see cref="Penalized"/>; 1 is off (default). Keskar et al. 2019, arXiv:1909.05858.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Tokens the repetition penalty applies to: prompt and completion so far.</summary>
    public IReadOnlyList<int> Penalized { get; init; } = [];

    /// <summary>Other penalties, biases and the tokens that are allowed; null for none (default).</summary>
    public LogitChanges? Changes { get; init; }

    /// <summary>Where the likeliest tokens are written; null for nowhere (default).</summary>
    public TopTokens? Top { get; init; }

    /// <summary>Whether the logits stay as they are.</summary>
    internal bool KeepsLogits => RepetitionPenalty == 1 && Changes is null;

    /// <summary>Whether every token may be drawn.</summary>
    internal bool KeepsAll => TopK == 0 && TopP >= 1 && MinP <= 0;

    /// <summary>Whether every token may be drawn with its own probability: no truncation and no penalty.</summary>
    internal bool IsPlain => KeepsLogits && KeepsAll;

    /// <summary>What the logits are multiplied with; 1 for the largest.</summary>
    internal float InverseTemperature => Temperature > 0 ? 1 / Temperature : 1;
}
