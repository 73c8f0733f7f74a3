namespace Cerise.Training.Runs.Reports;

/// <summary>A metric's value at a step.</summary>
internal readonly record struct CurvePoint(double Step, double Value)
{
    /// <summary>What a noisy curve ends at: the mean of the last tenth of its finite points, at most twenty; null when there are none.</summary>
    public static double? Final(IReadOnlyList<CurvePoint> curve)
    {
        double[] finite = [.. curve.Select(point => point.Value).Where(double.IsFinite)];
        return finite.Length == 0 ? null : finite.TakeLast(Math.Clamp(finite.Length / 10, 1, 20)).Average();
    }
}
