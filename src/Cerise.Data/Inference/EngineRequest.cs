using Cerise.Data.Grammars;

namespace Cerise.Data.Inference;

/// <summary>Something to complete.</summary>
public sealed record EngineRequest
{
    /// <summary>The prompt as text, encoded without added special tokens; null where <see cref="PromptIds"/> are given.</summary>
    public string? Prompt { get; init; }

    /// <summary>The prompt's tokens, at least one; null where <see cref="Prompt"/> is given.</summary>
    public IReadOnlyList<int>? PromptIds { get; init; }

    /// <summary>How many completions; they share the prompt's computation. Default 1.</summary>
    public int Samples { get; init; } = 1;

    /// <summary>How to sample.</summary>
    public SamplingSettings Sampling { get; init; } = new();

    /// <summary>What every completion must be, such as JSON of a schema; null for anything (default).</summary>
    public Grammar? Grammar { get; init; }

    /// <summary>Whether special tokens are left out of the text. Default true.</summary>
    public bool SkipSpecialTokens { get; init; } = true;

    /// <summary>Most time from the beginning of the enumeration to the last token; null for none (default). A request that takes longer fails with <see cref="EngineFault.TimedOut"/>.</summary>
    public TimeSpan? Timeout { get; init; }
}
