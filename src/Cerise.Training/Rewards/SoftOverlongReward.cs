namespace Cerise.Training.Rewards;

/// <summary>Reward "soft_overlong": 0 for completions that keep a distance from the limit, falling to -1 at the limit (DAPO, arXiv:2503.14476, eq. 13).</summary>
/// <param name="cache">The distance over which the penalty grows, tokens, at least 1 (<c>soft_punish_cache</c>).</param>
/// <param name="maxCompletionLength">The limit, tokens; 0 (default) takes the sampling's own.</param>
public sealed class SoftOverlongReward(int cache, int maxCompletionLength = 0) : RowReward("soft_overlong")
{
    /// <inheritdoc/>
    public override double? Score(RewardInput input)
    {
        ArgumentNullException.ThrowIfNull(input);
        int longest = maxCompletionLength > 0 ? maxCompletionLength : input.MaxCompletionLength;
        if (longest <= 0)
            throw new InvalidOperationException("soft_overlong needs a longest length: set max_completion_len, or sample with a length limit");
        int length = input.CompletionIds.Count, free = longest - cache;
        return length <= free ? 0
            : length <= longest ? (double)(free - length) / cache
            : -1;
    }
}
