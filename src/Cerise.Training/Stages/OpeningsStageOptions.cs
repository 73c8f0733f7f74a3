using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>Settings of stage <c>openings</c>: makes prompts.jsonl from the first words of a text's paragraphs.</summary>
public sealed record OpeningsStageOptions : IOptions
{
    /// <summary>Plain text; paragraphs are separated by empty lines.</summary>
    public string Data { get; init; } = "";

    /// <summary>Fewest words of an opening. Default 3.</summary>
    public int MinWords { get; init; } = 3;

    /// <summary>Most words of an opening. Default 8.</summary>
    public int MaxWords { get; init; } = 8;

    /// <summary>Most prompts; paragraphs are drawn without repetition. Default 2000.</summary>
    public int Prompts { get; init; } = 2000;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (MinWords < 1 || MaxWords < MinWords)
            yield return $"min_words is {MinWords} and max_words {MaxWords}; they must be 1 <= min_words <= max_words";
        if (Prompts < 1)
            yield return $"prompts is {Prompts}; use 1 or more";
    }
}
