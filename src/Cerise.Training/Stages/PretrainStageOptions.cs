using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Settings of stage <c>pretrain</c>.</summary>
public sealed record PretrainStageOptions : PretrainOptions
{
    /// <summary>Model to go on with: an earlier stage or a folder. Empty (default): a fresh one of <see cref="Shape"/>.</summary>
    public string Model { get; init; } = "";

    /// <summary>Sizes of a fresh model.</summary>
    public ModelShape Shape { get; init; } = new();

    /// <summary>Tokenizer of a fresh model: an earlier stage or a path.</summary>
    public string Tokenizer { get; init; } = "";

    /// <summary>Corpus: JSONL with a <c>text</c> column, or a .txt file that is one document.</summary>
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

    /// <summary>Where its rows come from.</summary>
    public RowSources Sources() => new() { Data = Data, Mix = Mix, EvalData = EvalData, ValidationSplit = ValidationSplit };

    /// <inheritdoc/>
    public override IEnumerable<string> Faults()
    {
        foreach (string fault in base.Faults().Concat(CheckpointSettings.Faults(SaveSteps, KeepCheckpoints)).Concat(ValidationSettings.Faults(this, EvalData, ValidationSplit)))
            yield return fault;
        if (Model.Length == 0 && (UsePeft || Adapter.Length > 0))
            yield return "use_peft or adapter is set without model: a fresh model has nothing yet for an adapter to build on. Name a model, or train all weights";
        if (Model.Length == 0 && ContextLength > 0)
            yield return "context_length is set without model: a fresh model's is max_position_embeddings of its shape";
    }
}
