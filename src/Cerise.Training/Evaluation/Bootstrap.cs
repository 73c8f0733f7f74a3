using Cerise.Tensors;

namespace Cerise.Training.Evaluation;

/// <summary>Percentile bootstrap of a mean over problems (Efron 1979): problems are drawn again with replacement, always the same way for one seed.</summary>
public static class Bootstrap
{
    /// <summary>The interval of a mean.</summary>
    /// <param name="values">One value a problem (its mean over samples), at least one.</param>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="resamples">At least 1; default 2000, enough for two digits.</param>
    /// <param name="confidence">In (0, 1); default 0.95.</param>
    public static Interval Mean(IReadOnlyList<double> values, Seed seed, int resamples = 2000, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfZero(values.Count);
        ArgumentOutOfRangeException.ThrowIfLessThan(resamples, 1);
        if (!(confidence is > 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(confidence), confidence, "must lie between 0 and 1");

        double[] means = new double[resamples];
        for (int i = 0; i < resamples; i++)
        {
            Seed draws = seed.Fork(i);
            double sum = 0;
            for (int j = 0; j < values.Count; j++)
                sum += values[draws.Below(j, values.Count)];
            means[i] = sum / values.Count;
        }
        Array.Sort(means);
        double tail = (1 - confidence) / 2;
        return new Interval(Quantile(means, tail), Quantile(means, 1 - tail));
    }

    /// <summary>The interval of the mean difference of two models on the same problems; the models differ at this confidence if it leaves out 0.</summary>
    /// <param name="first">The first model's value for each problem.</param>
    /// <param name="second">The second model's value for each problem, in the same order.</param>
    /// <param name="seed">Where the draws come from.</param>
    /// <param name="resamples">At least 1.</param>
    /// <param name="confidence">In (0, 1).</param>
    public static Interval Difference(IReadOnlyList<double> first, IReadOnlyList<double> second, Seed seed, int resamples = 2000, double confidence = 0.95)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return first.Count == second.Count
            ? Mean([.. first.Zip(second, (a, b) => a - b)], seed, resamples, confidence)
            : throw new ArgumentException($"{first.Count} problems against {second.Count}: a paired bootstrap needs the same problems for both");
    }

    // Linear between order statistics, as NumPy's default.
    private static double Quantile(double[] sorted, double share)
    {
        double place = share * (sorted.Length - 1);
        int below = (int)place;
        int above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }
}
