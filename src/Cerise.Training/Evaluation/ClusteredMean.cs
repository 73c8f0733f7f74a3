namespace Cerise.Training.Evaluation;

/// <summary>A mean over problems with several samples each, and its standard error by problem: samples of one problem are no independent evidence.</summary>
/// <param name="Mean">The mean of the problems' means.</param>
/// <param name="StandardError">Deviation of the problems' means (ddof 1) / sqrt(problems); 0 for fewer than two problems.</param>
public readonly record struct ClusteredMean(double Mean, double StandardError)
{
    /// <summary>From each problem's own mean.</summary>
    public static ClusteredMean Of(IReadOnlyCollection<double> problemMeans)
    {
        ArgumentNullException.ThrowIfNull(problemMeans);
        double[] means = [.. problemMeans];
        return new ClusteredMean(Moments.Mean(means), Moments.Std(means, ddof: 1) / Math.Sqrt(Math.Max(means.Length, 1)));
    }
}
