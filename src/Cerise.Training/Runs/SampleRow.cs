namespace Cerise.Training.Runs;

/// <summary>A completion as it was sampled and judged: one line of <c>samples.jsonl</c>.</summary>
/// <param name="Prompt">The prompt as the model saw it.</param>
/// <param name="Completion">The completion as text.</param>
public sealed record SampleRow(string Prompt, string Completion)
{
    /// <summary>Each reward by name, before weighting; null where a reward could not score.</summary>
    public IReadOnlyList<KeyValuePair<string, double?>> Rewards { get; init; } = [];

    /// <summary>The weighted sum, or null when nothing could score.</summary>
    public double? Reward { get; init; }

    /// <summary>The advantage trained on, or null where there is none (supervised stages, excluded samples).</summary>
    public double? Advantage { get; init; }

    /// <summary>Length of the completion in tokens, or null when not counted.</summary>
    public int? Tokens { get; init; }

    /// <summary>Why sampling ended, <c>stop</c> or <c>length</c>; null when unknown.</summary>
    public string? FinishReason { get; init; }
}
