using Cerise.Training.Recipes;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Stages;

/// <summary>A model to be evaluated.</summary>
public sealed record EvaluatedModel : IOptions
{
    /// <summary>What the table calls it.</summary>
    public string Name { get; init; } = "";

    /// <summary>An earlier stage or a folder: a model's, or an adapter's.</summary>
    public string Model { get; init; } = "";

    /// <summary>An adapter for the model, in PEFT's layout: an earlier stage or a folder. Empty (default): none but the one that the model's folder may be.</summary>
    public string Adapter { get; init; } = "";

    /// <summary>Tokens of the longest sequence it is used for. Default 0: what its config says, for longrope the original context.</summary>
    public int ContextLength { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (ContextLength < 0)
            yield return $"context_length is {ContextLength}; use a number of tokens, or 0 for what the model's config says";
        if (Name.Length == 0 || Model.Length == 0)
            yield return "a model to evaluate needs name and model";
    }
}

/// <summary>Settings of stage <c>evaluate</c>. Sampling defaults are DeepSeek-R1's (arXiv:2501.12948): temperature 0.6, top-p 0.95.</summary>
public sealed record EvaluateStageOptions : IOptions
{
    /// <summary>The models, in the order of the table.</summary>
    public IReadOnlyList<EvaluatedModel> Models { get; init; } = [];

    /// <summary>JSONL with <c>messages</c> or <c>prompt</c> (or <c>question</c>, with <see cref="Template"/>) and what the verifier reads.</summary>
    public string Data { get; init; } = "";

    /// <summary>Builds prompts from the <c>question</c> column, as in stage grpo.</summary>
    public string? Template { get; init; }

    /// <summary>Chat template of models that have none, for data with <c>messages</c>: <c>chatml</c>, a file or a model folder. Default none.</summary>
    public string ChatTemplate { get; init; } = "";

    /// <summary>What is asked, for the table's heading.</summary>
    public string Task { get; init; } = "";

    /// <summary>Kind of verifier. Default gsm8k.</summary>
    public string Verifier { get; init; } = "gsm8k";

    /// <summary>Whether the verifier also takes answers outside the marked places: the last number, the whole text. Default false.</summary>
    public bool Lenient { get; init; }

    /// <summary>Column with the right answer. Default answer.</summary>
    public string AnswerColumn { get; init; } = "answer";

    /// <summary>
    /// Which form counts as well-formed. Default null: that of a reward <c>format</c> of the recipe, else cerise where every prompt asks for think and answer
    /// tags, else none, and no rate is shown.
    /// </summary>
    public FormatMode? Format { get; init; }

    /// <summary>Completions of each problem; accuracy is the mean over them (pass@1). Default 1.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>Most tokens of a completion. Default 256.</summary>
    public int MaxCompletionLength { get; init; } = 256;

    /// <summary>Sampling temperature; 0 is greedy. Default 0.6.</summary>
    public double Temperature { get; init; } = 0.6;

    /// <summary>Nucleus sampling. Default 0.95.</summary>
    public double TopP { get; init; } = 0.95;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Models.Count == 0)
            yield return "models is empty; name at least one";
        if (Samples < 1)
            yield return $"samples is {Samples}; use 1 or more";
        if (MaxCompletionLength < 1)
            yield return $"max_completion_length is {MaxCompletionLength}; use 1 or more";
        if (!(Temperature >= 0))
            yield return $"temperature is {Temperature}; use 0 (greedy) or more";
        if (TopP is not (> 0 and <= 1))
            yield return $"top_p is {TopP}; use a number in (0, 1]";
        foreach (string fault in TemplateSetting.Faults(Template))
            yield return fault;
    }
}
