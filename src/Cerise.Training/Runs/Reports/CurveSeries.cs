namespace Cerise.Training.Runs.Reports;

/// <summary>A line of a chart.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points by ascending step; those that are not finite are gaps.</param>
/// <param name="IsExact">Whether it is set rather than measured, as a learning rate is, so that a mean would falsify it.</param>
internal sealed record CurveSeries(string Name, IReadOnlyList<CurvePoint> Points, bool IsExact = false)
{
    /// <summary>What the curve ends at: its last value when exact, the mean of
    /// its last part when measured; null when it has no finite point.</summary>
    public double? Final => IsExact
        ? Points.Select(point => (double?)point.Value).LastOrDefault(value => double.IsFinite(value!.Value))
        : CurvePoint.Final(Points);
}
