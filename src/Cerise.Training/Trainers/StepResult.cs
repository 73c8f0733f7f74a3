using Cerise.Training.Runs;

namespace Cerise.Training.Trainers;

/// <summary>What a step measured, and completions worth showing.</summary>
public sealed record StepResult(StepMetrics Metrics, IReadOnlyList<SampleRow> Samples)
{
    /// <summary>Whether the step's evaluation was the best so far.</summary>
    public bool IsBest { get; init; }
}
