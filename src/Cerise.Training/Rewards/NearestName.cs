namespace Cerise.Training.Rewards;

/// <summary>Helps with a mistyped name.</summary>
internal static class NearestName
{
    /// <summary>"Did you mean 'x'? Known: x, y." or only what is known, where nothing is near.</summary>
    public static string Hint(string name, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string? nearest = names.MinBy(candidate => Distance(name, candidate));
        string list = names.Length == 0 ? "It takes none." : $"Known: {string.Join(", ", names)}.";
        return nearest is not null && Distance(name, nearest) <= Math.Max(2, name.Length / 3) ? $"Did you mean '{nearest}'? {list}" : list;
    }

    private static int Distance(string left, string right)                 // Levenshtein, one row at a time
    {
        int[] row = [.. Enumerable.Range(0, right.Length + 1)];
        for (int i = 1; i <= left.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replace = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(replace, Math.Min(row[j], row[j - 1]) + 1);
            }
        }
        return row[^1];
    }
}
