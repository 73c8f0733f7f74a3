using Cerise.Training.Evaluation;

namespace Cerise.Training.Advantages;

/// <summary>Advantages from several rewards without one drowning the other (GDPO, arXiv:2601.05242).</summary>
public static class Gdpo
{
    /// <summary>Each reward is normalised inside the group, the results are summed by weight, and the sum is normalised over the batch.</summary>
    /// <param name="rewards">For each reward, one value a row; null = not scorable, which adds nothing.</param>
    /// <param name="weights">One weight a reward.</param>
    /// <param name="groups">The group id of each row.</param>
    /// <param name="eta">Added to each deviation; default 1e-4 as in TRL.</param>
    /// <param name="normalizeBatch">Whether to divide by the batch's deviation at the end, as the paper does (default).</param>
    /// <returns>One advantage a row; 0 for rows that no reward could score.</returns>
    public static double[] Advantages(
        IReadOnlyList<double?[]> rewards, IReadOnlyList<double> weights, ReadOnlySpan<int> groups, double eta = 1e-4, bool normalizeBatch = true)
    {
        ArgumentNullException.ThrowIfNull(rewards);
        ArgumentNullException.ThrowIfNull(weights);
        if (rewards.Count != weights.Count)
            throw new ArgumentException($"{rewards.Count} rewards but {weights.Count} weights: there is one weight for each reward");

        double?[] sums = new double?[groups.Length];
        for (int k = 0; k < rewards.Count; k++)
        {
            double[] normalized = GroupAdvantage.Normalized(rewards[k], groups, eta: eta);
            for (int i = 0; i < sums.Length; i++)
                if (rewards[k][i] is not null)
                    sums[i] = (sums[i] ?? 0) + (weights[k] * normalized[i]);
        }

        double[] scored = GroupAdvantage.Scored(sums);
        double mean = normalizeBatch ? Moments.Mean(scored) : 0;
        double divisor = normalizeBatch && Moments.Range(scored) >= GroupAdvantage.ZeroRange ? Moments.Std(scored, ddof: 1) + eta : 1;
        return Array.ConvertAll(sums, sum => sum is { } value ? (value - mean) / divisor : 0);
    }
}
