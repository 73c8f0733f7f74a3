using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>Reward "tag_count": 0.25 for each think and answer tag that occurs exactly once (open-r1); a ramp towards <see cref="FormatReward"/>.</summary>
public sealed class TagCountReward() : RowReward("tag_count")
{
    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return ResponseFormat.TagCount(input.Response);
    }
}
