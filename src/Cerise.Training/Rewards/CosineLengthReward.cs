namespace Cerise.Training.Rewards;

/// <summary>Reward "cosine_length": short right answers earn most, long wrong ones lose least (Yeo et al. 2025, arXiv:2502.03373).</summary>
/// <remarks>r = low + (high - low) (1 + cos(pi |y| / L)) / 2 with |y| cut at L; high holds at length 0 and low at length L.</remarks>
/// <param name="accuracy">What tells right from wrong: a score of 1 is right, null leaves the row unscored.</param>
/// <param name="options">The lengths and values.</param>
public sealed class CosineLengthReward(RowReward accuracy, CosineLengthOptions? options = null) : RowReward("cosine_length")
{
    private readonly CosineLengthOptions _options = options ?? new();

    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        if (accuracy.Score(input) is not { } score)
            return null;
        int longest = _options.MaxLen > 0 ? _options.MaxLen : input.MaxCompletionLength;
        if (longest <= 0)
            throw new InvalidOperationException("cosine_length needs a longest length: set max_len, or sample with a length limit");
        (double low, double high) = score >= 1
            ? (_options.MinValueCorrect, _options.MaxValueCorrect)
            : (_options.MaxValueWrong, _options.MinValueWrong);            // swapped: a wrong answer loses less the longer it tried
        double share = Math.Min((double)input.CompletionIds.Count / longest, 1);
        return low + (0.5 * (high - low) * (1 + Math.Cos(Math.PI * share)));
    }
}
