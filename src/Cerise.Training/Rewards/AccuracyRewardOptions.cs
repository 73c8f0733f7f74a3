using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>Settings of <see cref="AccuracyReward"/>.</summary>
public sealed record AccuracyRewardOptions
{
    /// <summary>The name in metrics. Default "accuracy".</summary>
    public string Name { get; init; } = "accuracy";

    /// <summary>The column with the gold answer. Default "answer", GSM8K's name for it.</summary>
    public string Column { get; init; } = "answer";

    /// <summary>Score 0 where the response never closes its thinking. Default false.</summary>
    public bool RequireThinking { get; init; }

    /// <summary>
    /// Score 0 where the response is not well-formed in this mode. Default null: format is a reward of its own, added with its own weight, as in R1; with a gate a model
    /// cannot collect accuracy without format.
    /// </summary>
    public FormatMode? RequireFormat { get; init; }
}
