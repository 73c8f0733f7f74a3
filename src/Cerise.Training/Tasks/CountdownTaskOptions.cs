using Cerise.Training.Recipes;

namespace Cerise.Training.Tasks;

/// <summary>Settings of <see cref="CountdownTask"/>.</summary>
public sealed record CountdownTaskOptions : IOptions
{
    /// <summary>The fewest numbers, at least 2. Default 3.</summary>
    public int MinNumbers { get; init; } = 3;

    /// <summary>The most numbers, at most <see cref="CountdownSolver.MostNumbers"/>. Default 4, as TinyZero's data.</summary>
    public int MaxNumbers { get; init; } = 4;

    /// <summary>The largest number; the smallest is 1. Default 50: tiny models meet every number often.</summary>
    public int MaxNumber { get; init; } = 50;

    /// <summary>The largest target; the smallest is 1. Default 99.</summary>
    public int MaxTarget { get; init; } = 99;

    /// <summary>The largest result on the way in generated solutions. Default 999.</summary>
    public int MaxIntermediate { get; init; } = 999;

    /// <summary>The most failed tries before the right one in worked documents, at least 0. Default 4.</summary>
    public int MaxTries { get; init; } = 4;

    /// <summary>The share of direct documents whose equation is right, in [0, 1]; the others are guesses. Default 0.3: guessing has to be worse than searching.</summary>
    public double DirectCorrect { get; init; } = 0.3;

    /// <summary>Turns a question into a prompt. Default <see cref="PromptTemplate.Short"/>; <see cref="PromptTemplate.Countdown"/> for real models.</summary>
    public string Template { get; init; } = PromptTemplate.Short;

    /// <summary>The shares of styles and formats in the corpus.</summary>
    public DocumentMixture Mixture { get; init; } = new();

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (MinNumbers < 2 || MaxNumbers < MinNumbers || MaxNumbers > CountdownSolver.MostNumbers)
        {
            yield return FormattableString.Invariant(
                $"min_numbers is {MinNumbers} and max_numbers {MaxNumbers}; they must be 2 <= min_numbers <= max_numbers <= {CountdownSolver.MostNumbers}");
        }
        if (MaxNumber < 2)
            yield return FormattableString.Invariant($"max_number is {MaxNumber}; it must be at least 2");
        if (MaxTarget < 1 || MaxTarget > MaxIntermediate)
            yield return FormattableString.Invariant($"max_target is {MaxTarget}; it must be from 1 to max_intermediate ({MaxIntermediate})");
        if (MaxTries < 0)
            yield return FormattableString.Invariant($"max_tries is {MaxTries}; it must be at least 0");
        if (!(DirectCorrect is >= 0 and <= 1))
            yield return FormattableString.Invariant($"direct_correct is {DirectCorrect}; it must be from 0 to 1");
        foreach (string fault in PromptTemplate.Faults(Template).Concat(Mixture.Faults()))
            yield return fault;
    }
}
