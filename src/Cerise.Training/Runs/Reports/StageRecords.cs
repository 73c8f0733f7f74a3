namespace Cerise.Training.Runs.Reports;

/// <summary>What one stage logged.</summary>
internal sealed class StageRecords(string name)
{
    private readonly OrderedDictionary<string, List<CurvePoint>> _metrics = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, List<SampleRow>> _samples = [];

    /// <summary>The stage's name.</summary>
    public string Name { get; } = name;

    /// <summary>The last step logged.</summary>
    public long LastStep { get; private set; }

    /// <summary>Whether it goes by steps that are measured. One that evaluates logs samples alone, those of its first model as step 1, and so on.</summary>
    public bool IsTraining => _metrics.Count > 0;

    /// <summary>Names of the metrics in the order they first appeared.</summary>
    public IEnumerable<string> Metrics => _metrics.Keys;

    /// <summary>Steps that have samples, ascending.</summary>
    public IReadOnlyList<long> SampledSteps => [.. _samples.Keys];

    /// <summary>Every value of a metric; empty when it was never logged.</summary>
    public IReadOnlyList<CurvePoint> Curve(string metric) => _metrics.TryGetValue(metric, out List<CurvePoint>? points) ? points : [];

    /// <summary>The samples kept of a step.</summary>
    public IReadOnlyList<SampleRow> Samples(long step) => _samples[step];

    public void AddMetrics(long step, IEnumerable<KeyValuePair<string, double>> values)
    {
        LastStep = Math.Max(LastStep, step);
        foreach ((string metric, double value) in values)
        {
            if (!_metrics.TryGetValue(metric, out List<CurvePoint>? points))
                _metrics.Add(metric, points = []);
            points.Add(new CurvePoint(step, value));
        }
    }

    public void AddSample(long step, SampleRow sample, int kept)
    {
        if (!_samples.TryGetValue(step, out List<SampleRow>? samples))
            _samples.Add(step, samples = []);
        if (samples.Count < kept)
            samples.Add(sample);
    }
}
