namespace Cerise.Training.Rewards;

/// <summary>Settings of <see cref="CosineLengthReward"/>; names and defaults as in open-r1.</summary>
public sealed record CosineLengthOptions
{
    /// <summary>The length at which the curve ends, tokens. Default 0: the sampling's own limit.</summary>
    public int MaxLen { get; init; }

    /// <summary>A right answer of the full length. Default 0.5.</summary>
    public double MinValueCorrect { get; init; } = 0.5;

    /// <summary>A right answer of no length. Default 1.</summary>
    public double MaxValueCorrect { get; init; } = 1;

    /// <summary>A wrong answer of no length. Default -1.</summary>
    public double MinValueWrong { get; init; } = -1;

    /// <summary>A wrong answer of the full length. Default -0.5.</summary>
    public double MaxValueWrong { get; init; } = -0.5;
}
