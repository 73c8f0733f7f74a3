using Cerise.Training.Evaluation;

namespace Cerise.Training.Advantages;

/// <summary>Advantages normalised over all tokens of the global batch (REINFORCE++, arXiv:2501.03262).</summary>
public static class ReinforcePlusPlus
{
    private const double Epsilon = 1e-8;                                   // inside the root, as the whitening vectors define it

    /// <summary>A_t = r - beta * (sum of the KL terms from t on), before normalising.</summary>
    /// <param name="rewards">One reward a completion; null = not scorable, which gives the completion 0 throughout.</param>
    /// <param name="kl">For each completion, k1 = log pi - log pi_ref of each token (nats).</param>
    /// <param name="beta">The KL coefficient, at least 0.</param>
    /// <returns>For each completion, one raw advantage a token.</returns>
    public static double[][] Raw(ReadOnlySpan<double?> rewards, IReadOnlyList<double[]> kl, double beta)
    {
        ArgumentNullException.ThrowIfNull(kl);
        if (rewards.Length != kl.Count)
            throw new ArgumentException($"{rewards.Length} rewards but KL terms for {kl.Count} completions");
        double[][] advantages = new double[rewards.Length][];
        for (int i = 0; i < advantages.Length; i++)
        {
            advantages[i] = new double[kl[i].Length];
            double rest = 0;
            for (int t = kl[i].Length - 1; t >= 0 && rewards[i] is not null; t--)
            {
                rest += kl[i][t];
                advantages[i][t] = rewards[i]!.Value - (beta * rest);
            }
        }
        return advantages;
    }

    /// <summary><see cref="Raw"/>, then whitened over the tokens of all scored completions: (A - mean) / sqrt(variance + 1e-8), population variance.</summary>
    /// <param name="rewards">One reward a completion; null = not scorable.</param>
    /// <param name="kl">For each completion, k1 of each token.</param>
    /// <param name="beta">The KL coefficient.</param>
    /// <returns>For each completion, one advantage a token.</returns>
    public static double[][] Advantages(ReadOnlySpan<double?> rewards, IReadOnlyList<double[]> kl, double beta)
    {
        double[][] advantages = Raw(rewards, kl, beta);
        var scored = new List<double[]>();
        for (int i = 0; i < advantages.Length; i++)
            if (rewards[i] is not null)
                scored.Add(advantages[i]);

        double[] tokens = [.. scored.SelectMany(completion => completion)];
        double mean = Moments.Mean(tokens);
        double std = Whitening(tokens);
        foreach (double[] completion in scored)
            for (int t = 0; t < completion.Length; t++)
                completion[t] = (completion[t] - mean) / std;
        return advantages;
    }

    /// <summary>The baseline form: r_i - group mean, the same for all tokens of a completion, then whitened over the tokens of the batch.</summary>
    /// <param name="rewards">One reward a completion; null = not scorable.</param>
    /// <param name="groups">The group id of each completion.</param>
    /// <param name="lengths">Each completion's length, tokens: how often its advantage counts in the batch's moments.</param>
    /// <returns>One advantage a completion.</returns>
    public static double[] WithBaseline(ReadOnlySpan<double?> rewards, ReadOnlySpan<int> groups, ReadOnlySpan<int> lengths)
    {
        GroupRows.RequireSameLength(rewards.Length, groups.Length);
        if (lengths.Length != rewards.Length)
            throw new ArgumentException($"{rewards.Length} rewards but {lengths.Length} lengths");
        double[] centred = GroupAdvantage.Normalized(rewards, groups, ScaleRewards.None);
        var tokens = new List<double>();
        for (int i = 0; i < centred.Length; i++)
            if (rewards[i] is not null)
                tokens.AddRange(Enumerable.Repeat(centred[i], lengths[i]));

        double[] all = [.. tokens];
        double mean = Moments.Mean(all);
        double std = Whitening(all);
        for (int i = 0; i < centred.Length; i++)
            centred[i] = rewards[i] is null ? 0 : (centred[i] - mean) / std;
        return centred;
    }

    private static double Whitening(double[] tokens)
    {
        double std = Moments.Std(tokens, ddof: 0);
        return Math.Sqrt((std * std) + Epsilon);
    }
}
