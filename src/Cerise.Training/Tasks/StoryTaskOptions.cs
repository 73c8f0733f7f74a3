using Cerise.Training.Recipes;

namespace Cerise.Training.Tasks;

/// <summary>Settings of <see cref="StoryTask"/>.</summary>
public sealed record StoryTaskOptions : IOptions
{
    /// <summary>The fewest changes in a story, at least 1. Default 3.</summary>
    public int MinSteps { get; init; } = 3;

    /// <summary>The most changes in a story. Default 5: too many to do at once, few enough to do one by one.</summary>
    public int MaxSteps { get; init; } = 5;

    /// <summary>The largest count at the start, at least 2. Default 50.</summary>
    public int MaxStart { get; init; } = 50;

    /// <summary>The largest change, at least 1. Default 20.</summary>
    public int MaxChange { get; init; } = 20;

    /// <summary>The largest count at any time; the smallest is 0. Default 99, so that every number has at most two digits.</summary>
    public int MaxCount { get; init; } = 99;

    /// <summary>Turns a question into a prompt. Default <see cref="PromptTemplate.Short"/>.</summary>
    public string Template { get; init; } = PromptTemplate.Short;

    /// <summary>The shares of styles and formats in the corpus.</summary>
    public DocumentMixture Mixture { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (MinSteps < 1 || MaxSteps < MinSteps)
            yield return FormattableString.Invariant($"min_steps is {MinSteps} and max_steps {MaxSteps}; they must be 1 <= min_steps <= max_steps");
        if (MaxStart < 2 || MaxStart > MaxCount)
            yield return FormattableString.Invariant($"max_start is {MaxStart}; it must be from 2 to max_count ({MaxCount})");
        if (MaxChange < 1)
            yield return FormattableString.Invariant($"max_change is {MaxChange}; it must be at least 1");
        foreach (string fault in PromptTemplate.Faults(Template).Concat(Mixture.Faults()))
            yield return fault;
    }
}
