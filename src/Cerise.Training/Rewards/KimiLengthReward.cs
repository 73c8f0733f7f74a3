namespace Cerise.Training.Rewards;

/// <summary>Reward "kimi_length": within a group, shorter is better (Kimi k1.5, arXiv:2501.12599, section 2.3.3).</summary>
/// <remarks>r = 0.5 - (length - shortest) / (longest - shortest) for right answers and min(0, that) for wrong ones; 0 where all lengths are equal.</remarks>
/// <param name="accuracy">What tells right from wrong: a score of 1 is right, null leaves the row unscored.</param>
public sealed class KimiLengthReward(IReward accuracy) : IReward
{
    /// <inheritdoc/>
    public string Name => "kimi_length";

    /// <inheritdoc/>
    public double?[] Score(RewardBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        double?[] right = accuracy.Score(batch);
        double?[] scores = new double?[batch.Count];
        foreach (IGrouping<int, int> rows in Enumerable.Range(0, batch.Count).GroupBy(i => batch[i].GroupId))
        {
            int shortest = rows.Min(i => batch[i].CompletionIds.Count);
            int longest = rows.Max(i => batch[i].CompletionIds.Count);
            foreach (int i in rows)
            {
                double length = longest == shortest ? 0 : 0.5 - ((double)(batch[i].CompletionIds.Count - shortest) / (longest - shortest));
                scores[i] = right[i] is not { } score ? null : score >= 1 ? length : Math.Min(0, length);
            }
        }
        return scores;
    }
}
