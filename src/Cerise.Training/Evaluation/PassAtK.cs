namespace Cerise.Training.Evaluation;

/// <summary>The chance that at least one of k samples is right (Chen et al. 2021, arXiv:2107.03374, section 2.1).</summary>
public static class PassAtK
{
    /// <summary>The unbiased estimate 1 - C(n - c, k) / C(n, k) for one problem.</summary>
    /// <param name="samples">n, at least <paramref name="k"/>.</param>
    /// <param name="correct">c, from 0 to n.</param>
    /// <param name="k">At least 1.</param>
    public static double Estimate(int samples, int correct, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, samples);
        ArgumentOutOfRangeException.ThrowIfNegative(correct);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(correct, samples);
        if (samples - correct < k)
            return 1;
        double fail = 1;                                                   // the product form: the binomials themselves overflow
        for (int i = samples - correct + 1; i <= samples; i++)
            fail *= 1 - ((double)k / i);
        return 1 - fail;
    }

    /// <summary>The mean over problems.</summary>
    /// <param name="problems">For each problem, which of its samples are right.</param>
    /// <param name="k">At least 1, at most the fewest samples of any problem.</param>
    public static double Mean(IReadOnlyList<bool[]> problems, int k)
    {
        ArgumentNullException.ThrowIfNull(problems);
        return Moments.Mean([.. problems.Select(samples => Estimate(samples.Length, samples.Count(right => right), k))]);
    }
}
