using Cerise.Training.Evaluation;

namespace Cerise.Training.Advantages;

/// <summary>Drops prompts that teach nothing: all their completions got the same reward (DAPO, arXiv:2503.14476, section 3.2).</summary>
public static class DynamicSampling
{
    /// <summary>Which rows to keep: those of groups with at least two different rewards.</summary>
    /// <remarks>On 0/1 accuracies this is the paper's 0 &lt; correct &lt; G; on summed rewards it also keeps groups that differ in format alone.</remarks>
    /// <param name="rewards">One reward (or accuracy) a row; null = not scorable, which does not count.</param>
    /// <param name="groups">The group id of each row.</param>
    /// <returns>One flag a row, the same for all rows of a group.</returns>
    public static bool[] Keep(ReadOnlySpan<double?> rewards, ReadOnlySpan<int> groups)
    {
        GroupRows.RequireSameLength(rewards.Length, groups.Length);
        bool[] keep = new bool[rewards.Length];
        foreach (List<int> members in GroupRows.Of(groups))
        {
            bool informative = Moments.Range(GroupRows.Values(GroupRows.Scored(members, rewards), rewards)) >= GroupAdvantage.ZeroRange;
            foreach (int row in members)
                keep[row] = informative;
        }
        return keep;
    }
}
