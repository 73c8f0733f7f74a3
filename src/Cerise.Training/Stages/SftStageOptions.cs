using Cerise.Data.Conversations;
using Cerise.Training.Trainers;

namespace Cerise.Training.Stages;

/// <summary>Settings of stage <c>sft</c>.</summary>
public sealed record SftStageOptions : SftOptions
{
    /// <summary>Model to fine-tune: an earlier stage or a folder.</summary>
    public string Model { get; init; } = "";

    /// <summary>Conversations, or prompts and completions, in JSONL, JSON or CSV, also compressed (.gz).</summary>
    public string Data { get; init; } = "";

    /// <summary>The data's name for each column that is called otherwise, such as <c>{prompt: question, completion: answer}</c>. Default none.</summary>
    public IReadOnlyDictionary<string, string> Columns { get; init; } = new Dictionary<string, string>();

    /// <summary>The layout to read rows as, where their columns fit two, such as <c>messages</c>. Null (default) for the one their columns say.</summary>
    public ConversationLayout? Layout { get; init; }

    /// <summary>Chat template: <c>chatml</c>, a file or a model folder; empty (default) for the model's own.</summary>
    public string ChatTemplate { get; init; } = "";

    /// <summary>The token that ends a turn, in the place of the tokenizer's end of text, such as <c>&lt;|im_end|&gt;</c>; empty (default) for the tokenizer's.</summary>
    public string EosToken { get; init; } = "";

    /// <summary>The system prompt of conversations that have none: the one that is used at inference. Empty (default) for the template's own.</summary>
    public string SystemPrompt { get; init; } = "";

    /// <summary>What becomes of examples longer than max_length. Default keep_start, as TRL's.</summary>
    public TruncationMode TruncationMode { get; init; }

    /// <summary>Whether rows that are no conversations, or that the template refuses, are left out with a warning instead of stopping the run. Default false.</summary>
    public bool DropBadRows { get; init; }

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

    /// <summary>What makes examples of rows.</summary>
    /// <param name="chat">Makes tokens of conversations.</param>
    /// <param name="dropBadRows">Whether bad rows are left out with the reason rather than stop the reading.</param>
    public ChatRows Reader(ChatTokenizer chat, bool dropBadRows) => new(chat, new ConversationReader(Layout), dropBadRows);

    /// <summary>How the stage makes tokens of conversations.</summary>
    /// <param name="contextLength">Positions the model has: no example is longer.</param>
    public ChatTokenizerOptions TokenizerOptions(int contextLength) => new()
    {
        MaxLength = Math.Min(MaxLength, contextLength),
        Truncation = TruncationMode,
        CompletionOnlyLoss = CompletionOnlyLoss,
        SystemPrompt = SystemPrompt.Length > 0 ? SystemPrompt : null,
    };

    /// <summary>Where its rows come from.</summary>
    public RowSources Sources() => new() { Data = Data, Mix = Mix, EvalData = EvalData, ValidationSplit = ValidationSplit, Columns = Columns };

    /// <inheritdoc/>
    public override IEnumerable<string> Faults() => base.Faults()
        .Concat(CheckpointSettings.Faults(SaveSteps, KeepCheckpoints))
        .Concat(ValidationSettings.Faults(this, EvalData, ValidationSplit));
}
