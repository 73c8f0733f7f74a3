using Cerise.Training.Recipes;
using Cerise.Training.Tasks;

namespace Cerise.Training.Stages;

/// <summary>The problems a recipe makes for itself.</summary>
public enum TaskKind
{
    /// <summary>Little arithmetic stories.</summary>
    Stories,

    /// <summary>Numbers and a target; an equation is wanted.</summary>
    Countdown,
}

/// <summary>Settings of stage <c>task</c>: makes corpus.jsonl, prompts.jsonl and evaluation.jsonl from the recipe's seed.</summary>
public sealed record TaskStageOptions : IOptions
{
    /// <summary>Which problems. Default stories.</summary>
    public TaskKind Task { get; init; }

    /// <summary>Settings of stories.</summary>
    public StoryTaskOptions Stories { get; init; } = new();

    /// <summary>Settings of countdown.</summary>
    public CountdownTaskOptions Countdown { get; init; } = new();

    /// <summary>Conversations about the stories.</summary>
    public StoryChatOptions Chat { get; init; } = new();

    /// <summary>Documents in the corpus. Default 60000.</summary>
    public int Documents { get; init; } = 60_000;

    /// <summary>Prompts for reinforcement learning. Default 8000.</summary>
    public int Prompts { get; init; } = 8_000;

    /// <summary>Problems held out for evaluation. Default 400.</summary>
    public int EvaluationProblems { get; init; } = 400;

    /// <summary>Problems that others hold out, such as <c>task/evaluation.jsonl</c> of an earlier stage: none of them occurs in what this stage makes. Default none.</summary>
    public IReadOnlyList<string> HeldOut { get; init; } = [];

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        foreach (string fault in new TaskFileOptions { Documents = Documents, Prompts = Prompts, EvaluationProblems = EvaluationProblems }.Faults())
            yield return fault;
        if (Chat.Conversations > 0 && Task != TaskKind.Stories)
            yield return $"chat.conversations is {Chat.Conversations}, but there are conversations about stories only; use task: stories";
    }
}
