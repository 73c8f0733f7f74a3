namespace Cerise.Training.Runs.Reports;

/// <summary>The lines of one chart.</summary>
internal sealed record CurveGroup(string Title, IReadOnlyList<CurveSeries> Series);
