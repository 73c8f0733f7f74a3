namespace Cerise.Training.Recipes;

/// <summary>Finds what a mistyped name was probably meant to be.</summary>
public static class NearestName
{
    /// <summary>The candidate with the fewest edits (insert, delete, replace, swap
    /// neighbours), or null when none shares even half of the name.</summary>
    /// <param name="name">The name as typed.</param>
    /// <param name="candidates">The names that exist; the first of equals wins.</param>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentNullException.ThrowIfNull(candidates);
        if (name.Length > 100)
            return null;                                                    // the table below is quadratic, and nobody mistypes that much
        string? best = null;
        int fewest = int.MaxValue;
        foreach (string candidate in candidates)
        {
            int edits = Edits(name, candidate);
            if (edits < fewest && 2 * edits <= Math.Max(name.Length, candidate.Length))
                (best, fewest) = (candidate, edits);
        }
        return best;
    }

    /// <summary>The sentence for an unknown name: the nearest one if there is one, then all that are known.</summary>
    /// <param name="kind">What is named, such as "key".</param>
    /// <param name="name">The name as typed.</param>
    /// <param name="known">The names that exist.</param>
    public static string Explain(string kind, string name, IReadOnlyCollection<string> known)
    {
        string? nearest = Find(name, known);
        string hint = nearest is null ? "" : $"; did you mean '{nearest}'?";
        string list = known.Count == 0 ? "none are known here" : $"known: {string.Join(", ", known)}";
        return $"unknown {kind} '{name}'{hint} ({list})";
    }

    // Optimal string alignment distance: Levenshtein's, with swapped neighbours as one edit.
    private static int Edits(string a, string b)
    {
        int[,] cost = new int[a.Length + 1, b.Length + 1];
        for (int i = 0; i <= a.Length; i++)
            cost[i, 0] = i;
        for (int j = 0; j <= b.Length; j++)
            cost[0, j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int replace = cost[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(replace, Math.Min(cost[i - 1, j], cost[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    best = Math.Min(best, cost[i - 2, j - 2] + 1);
                cost[i, j] = best;
            }
        }
        return cost[a.Length, b.Length];
    }
}
