namespace Cerise.Training.Advantages;

/// <summary>The rows of each group, found by group id, so that shuffled rows keep their group.</summary>
internal static class GroupRows
{
    /// <summary>Row indices by group, groups in the order of their first row.</summary>
    public static IReadOnlyCollection<List<int>> Of(ReadOnlySpan<int> groups)
    {
        var rows = new OrderedDictionary<int, List<int>>();
        for (int i = 0; i < groups.Length; i++)
        {
            if (!rows.TryGetValue(groups[i], out List<int>? members))
                rows.Add(groups[i], members = []);
            members.Add(i);
        }
        return rows.Values;
    }

    /// <summary>The members of a group that have a reward.</summary>
    public static List<int> Scored(List<int> members, ReadOnlySpan<double?> rewards)
    {
        var scored = new List<int>(members.Count);
        foreach (int row in members)
            if (rewards[row] is not null)
                scored.Add(row);
        return scored;
    }

    /// <summary>The rewards of rows that all have one.</summary>
    public static double[] Values(List<int> rows, ReadOnlySpan<double?> rewards)
    {
        double[] values = new double[rows.Count];
        for (int i = 0; i < values.Length; i++)
            values[i] = rewards[rows[i]]!.Value;
        return values;
    }

    public static void RequireSameLength(int rewards, int groups)
    {
        if (rewards != groups)
            throw new ArgumentException($"{rewards} rewards but {groups} group ids: there is one group id for each row");
    }
}
