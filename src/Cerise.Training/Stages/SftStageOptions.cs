using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Settings of stage <c>sft</c>.</summary>
public sealed record SftStageOptions : SftOptions
{
    /// <summary>Model to fine-tune: an earlier stage or a folder.</summary>
    public string Model { get; init; } = "";

    /// <summary>JSONL with columns <c>prompt</c> and <c>completion</c>.</summary>
    public string Data { get; init; } = "";

    /// <summary>Further datasets, mixed in by weight. Default none.</summary>
    public IReadOnlyList<MixedSource> Mix { get; init; } = [];

    /// <summary>Rows to evaluate on, of the same form as <see cref="Data"/>; empty (default) for none.</summary>
    public string EvalData { get; init; } = "";

    /// <summary>Share of the rows to hold back for evaluation, chosen by what they hold, in [0, 1); 0 (default) for none.</summary>
    public double ValidationSplit { get; init; }

    /// <summary>Steps between checkpoints; 0 for none. Default 100.</summary>
    public int SaveSteps { get; init; } = 100;

    /// <summary>How many checkpoints stay. Default 2.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <inheritdoc/>
    public override IEnumerable<string> Faults() => base.Faults()
        .Concat(CheckpointSettings.Faults(SaveSteps, KeepCheckpoints))
        .Concat(ValidationSettings.Faults(this, EvalData, ValidationSplit));
}
