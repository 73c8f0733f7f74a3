namespace Cerise.Training.Evaluation;

/// <summary>Self-consistency: the answer most samples give (Wang et al. 2022, arXiv:2203.11171); maj@k, also called cons@k.</summary>
public static class MajorityVote
{
    /// <summary>The winning answer; null where no sample has one.</summary>
    /// <remarks>Of answers with equally many votes, the one that reached its count first, in sample order, wins.</remarks>
    /// <param name="answers">The samples' answers in sample order, already normalised; null or blank = no answer, no vote.</param>
    public static string? Winner(IEnumerable<string?> answers)
    {
        ArgumentNullException.ThrowIfNull(answers);
        var votes = new Dictionary<string, int>(StringComparer.Ordinal);
        string? winner = null;
        int most = 0;
        foreach (string? answer in answers)
        {
            if (string.IsNullOrWhiteSpace(answer))
                continue;
            int count = votes[answer] = votes.GetValueOrDefault(answer) + 1;
            if (count > most)
                (winner, most) = (answer, count);
        }
        return winner;
    }

    /// <summary>The share of problems whose winner is right.</summary>
    /// <param name="problems">For each problem, its samples' answers; the first <paramref name="k"/> vote.</param>
    /// <param name="k">At least 1.</param>
    /// <param name="isCorrect">Whether an answer (problem index, answer) is right.</param>
    public static double Accuracy(IReadOnlyList<IReadOnlyList<string?>> problems, int k, Func<int, string, bool> isCorrect)
    {
        ArgumentNullException.ThrowIfNull(problems);
        ArgumentNullException.ThrowIfNull(isCorrect);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        int right = 0;
        for (int i = 0; i < problems.Count; i++)
            if (Winner(problems[i].Take(k)) is { } winner && isCorrect(i, winner))
                right++;
        return problems.Count == 0 ? 0 : (double)right / problems.Count;
    }
}
