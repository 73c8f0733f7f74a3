using Cerise.Training.Recipes;

namespace Cerise.Training.Tasks;

/// <summary>How much of a task to write.</summary>
public sealed record TaskFileOptions : IOptions
{
    /// <summary>Documents in the corpus. Default 60,000, about 11 million characters of stories.</summary>
    public int Documents { get; init; } = 60_000;

    /// <summary>Prompts for reinforcement learning. Default 8,000.</summary>
    public int Prompts { get; init; } = 8_000;

    /// <summary>Problems held out for evaluation. Default 400: a 95 % interval of at most 5 points to each side.</summary>
    public int EvaluationProblems { get; init; } = 400;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Documents < 0 || Prompts < 0 || EvaluationProblems < 0)
            yield return "documents, prompts and evaluation_problems must be at least 0";
    }
}
