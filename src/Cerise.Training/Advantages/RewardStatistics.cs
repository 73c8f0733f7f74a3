using Cerise.Training.Evaluation;

namespace Cerise.Training.Advantages;

/// <summary>What a step reports about its rewards, under TRL's metric names.</summary>
/// <param name="Mean">Metric <c>reward</c>: the mean over scored rows; 0 where no row is.</param>
/// <param name="Std">Metric <c>reward_std</c>: the mean of the groups' deviations (ddof 1).</param>
/// <param name="FractionZeroStd">Metric <c>frac_reward_zero_std</c>: the share of groups without any difference, in [0, 1]; they teach nothing.</param>
/// <param name="Unscored">How many rows no reward could score.</param>
public readonly record struct RewardStatistics(double Mean, double Std, double FractionZeroStd, int Unscored)
{
    /// <summary>The statistics of a batch.</summary>
    /// <param name="rewards">One reward a row; null = not scorable.</param>
    /// <param name="groups">The group id of each row.</param>
    public static RewardStatistics Of(ReadOnlySpan<double?> rewards, ReadOnlySpan<int> groups)
    {
        GroupRows.RequireSameLength(rewards.Length, groups.Length);
        double[] scored = GroupAdvantage.Scored(rewards);
        double deviations = 0;
        int equal = 0;
        IReadOnlyCollection<List<int>> all = GroupRows.Of(groups);
        foreach (List<int> members in all)
        {
            double[] values = GroupRows.Values(GroupRows.Scored(members, rewards), rewards);
            bool flat = Moments.Range(values) < GroupAdvantage.ZeroRange;
            equal += flat ? 1 : 0;
            deviations += flat ? 0 : Moments.Std(values, ddof: 1);
        }
        int count = Math.Max(all.Count, 1);
        return new RewardStatistics(Moments.Mean(scored), deviations / count, (double)equal / count, rewards.Length - scored.Length);
    }
}
