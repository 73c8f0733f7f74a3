using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Settings of stage <c>grpo</c>.</summary>
public sealed record GrpoStageOptions : GrpoOptions
{
    /// <summary>Policy to train: an earlier stage or a folder.</summary>
    public string Model { get; init; } = "";

    /// <summary>JSONL with a <c>prompt</c> column (or <c>question</c>, with <see cref="Template"/>) and what the rewards read, such as <c>answer</c>.</summary>
    public string Data { get; init; } = "";

    /// <summary>Further datasets, mixed in by weight. Default none.</summary>
    public IReadOnlyList<MixedSource> Mix { get; init; } = [];

    /// <summary>Builds prompts from the <c>question</c> column; <c>{question}</c> stands for it. <c>r1_zero</c> names the R1-Zero paper's. Null (default) uses <c>prompt</c>.</summary>
    public string? Template { get; init; }

    /// <summary>What to reinforce.</summary>
    public IReadOnlyList<RewardOptions> Rewards { get; init; } = [];

    /// <summary>Most tokens of a prompt; longer ones are left out. Default 512.</summary>
    public int MaxPromptLength { get; init; } = 512;

    /// <summary>Steps between checkpoints; 0 for none. Default 25.</summary>
    public int SaveSteps { get; init; } = 25;

    /// <summary>How many checkpoints stay. Default 2.</summary>
    public int KeepCheckpoints { get; init; } = 2;

    /// <summary>Where its rows come from.</summary>
    public RowSources Sources() => new() { Data = Data, Mix = Mix };

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults())
            yield return fault;
        if (Rewards.Count == 0)
            yield return "rewards is empty; name at least one, such as {name: accuracy}";
        if (MaxPromptLength < 1)
            yield return $"max_prompt_length is {MaxPromptLength}; use 1 or more";
        foreach (string fault in TemplateSetting.Faults(Template).Concat(CheckpointSettings.Faults(SaveSteps, KeepCheckpoints)))
            yield return fault;
    }
}
