namespace Cerise.Training.Rewards;

/// <summary>Reward "length": 1 at the target length, falling to 0 at no length and at twice the target. For checking that a trainer learns at all.</summary>
/// <param name="target">The wanted length, tokens, at least 1.</param>
public sealed class LengthReward(int target) : RowReward("length")
{
    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Math.Max(0, 1 - ((double)Math.Abs(input.CompletionIds.Count - target) / target));
    }
}
