using Cerise.Training.Evaluation;

namespace Cerise.Training.Advantages;

/// <summary>Advantages from comparing the completions of one prompt: one number a completion, the same for all its tokens.</summary>
/// <remarks>
/// A null reward (unscorable completion) is left out of its group's baseline and gets advantage 0. A group with fewer than two rewards has nothing to compare and
/// gets 0. Rewards within <see cref="ZeroRange"/> of each other count as equal: rounding noise divided by its own tiny deviation would look like a full-size signal.
/// </remarks>
public static class GroupAdvantage
{
    /// <summary>The largest difference inside a group that still counts as all-equal.</summary>
    public const double ZeroRange = 1e-6;

    /// <summary>A_i = (r_i - mean) / (std + eta) (GRPO, arXiv:2402.03300, section 4.1; Dr.GRPO and the batch form by <paramref name="scale"/>).</summary>
    /// <param name="rewards">One reward a row; null = not scorable.</param>
    /// <param name="groups">The group id of each row: rows of one prompt share it, wherever they stand.</param>
    /// <param name="scale">What centred rewards are divided by; default the group's deviation, as in the paper.</param>
    /// <param name="eta">Added to the deviation; default 1e-4 as in TRL.</param>
    /// <param name="ddof">The deviation's divisor is n - ddof; default 1 as in TRL, verl and OpenRLHF.</param>
    /// <param name="zeroRange">Groups whose rewards differ by less get 0.</param>
    /// <returns>One advantage a row.</returns>
    public static double[] Normalized(
        ReadOnlySpan<double?> rewards, ReadOnlySpan<int> groups, ScaleRewards scale = ScaleRewards.Group, double eta = 1e-4, int ddof = 1, double zeroRange = ZeroRange)
    {
        GroupRows.RequireSameLength(rewards.Length, groups.Length);
        double batchStd = scale == ScaleRewards.Batch ? Moments.Std(Scored(rewards), ddof) : 0;
        double[] advantages = new double[rewards.Length];
        foreach (List<int> members in GroupRows.Of(groups))
        {
            List<int> rows = GroupRows.Scored(members, rewards);
            double[] values = GroupRows.Values(rows, rewards);
            if (values.Length < 2 || Moments.Range(values) < zeroRange)
                continue;
            double mean = Moments.Mean(values);
            double divisor = scale switch
            {
                ScaleRewards.Group => Moments.Std(values, ddof) + eta,
                ScaleRewards.Batch => batchStd + eta,
                _ => 1,
            };
            for (int i = 0; i < values.Length; i++)
                advantages[rows[i]] = (values[i] - mean) / divisor;
        }
        return advantages;
    }

    /// <summary>A_i = r_i - mean of the group's other rewards (leave-one-out, RLOO, arXiv:2402.14740).</summary>
    /// <param name="rewards">One reward a row; null = not scorable.</param>
    /// <param name="groups">The group id of each row.</param>
    /// <returns>One advantage a row.</returns>
    public static double[] LeaveOneOut(ReadOnlySpan<double?> rewards, ReadOnlySpan<int> groups)
    {
        GroupRows.RequireSameLength(rewards.Length, groups.Length);
        double[] advantages = new double[rewards.Length];
        foreach (List<int> members in GroupRows.Of(groups))
        {
            List<int> rows = GroupRows.Scored(members, rewards);
            double[] values = GroupRows.Values(rows, rewards);
            if (values.Length < 2 || Moments.Range(values) < ZeroRange)
                continue;
            double sum = values.Sum();
            for (int i = 0; i < values.Length; i++)
                advantages[rows[i]] = values[i] - ((sum - values[i]) / (values.Length - 1));
        }
        return advantages;
    }

    /// <summary>A_i = r_i - r of the greedy completion of the same prompt (ReMax, arXiv:2310.10505). One completion a prompt is enough.</summary>
    /// <param name="rewards">One reward a row; null = not scorable.</param>
    /// <param name="greedyRewards">The greedy completion's reward for each row's prompt; null = not scorable, which leaves the row without a baseline.</param>
    /// <returns>One advantage a row; 0 where either reward is missing.</returns>
    public static double[] AgainstGreedy(ReadOnlySpan<double?> rewards, ReadOnlySpan<double?> greedyRewards)
    {
        if (rewards.Length != greedyRewards.Length)
            throw new ArgumentException($"{rewards.Length} rewards but {greedyRewards.Length} greedy rewards: there is one for each row");
        double[] advantages = new double[rewards.Length];
        for (int i = 0; i < advantages.Length; i++)
            advantages[i] = (rewards[i] - greedyRewards[i]) ?? 0;
        return advantages;
    }

    internal static double[] Scored(ReadOnlySpan<double?> rewards)
    {
        var scored = new List<double>(rewards.Length);
        foreach (double? reward in rewards)
            if (reward is { } value)
                scored.Add(value);
        return [.. scored];
    }
}
