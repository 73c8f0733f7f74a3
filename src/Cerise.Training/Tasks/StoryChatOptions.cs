using Cerise.Training.Recipes;

namespace Cerise.Training.Tasks;

/// <summary>Settings of <see cref="StoryChat"/>.</summary>
public sealed record StoryChatOptions : IOptions
{
    /// <summary>Conversations to train on, negative ones not counted. Default 0: none are written.</summary>
    public int Conversations { get; init; }

    /// <summary>The most questions in a conversation, at least 1. Default 3.</summary>
    public int MaxTurns { get; init; } = 3;

    /// <summary>The system prompt of good answers, in training and at inference alike.</summary>
    public string SystemPrompt { get; init; } = "You answer questions about stories. You work step by step.";

    /// <summary>The system prompt of bad answers.</summary>
    public string NegativeSystemPrompt { get; init; } = "You are careless. You guess.";

    /// <summary>Share of the conversations that have a negative twin: the same question under the negative prompt, and a guess. Default 0.</summary>
    public double NegativeShare { get; init; }

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        if (Conversations < 0)
            yield return FormattableString.Invariant($"conversations is {Conversations}; use 0 (none) or more");
        if (MaxTurns < 1)
            yield return FormattableString.Invariant($"max_turns is {MaxTurns}; use 1 or more");
        if (NegativeShare is not (>= 0 and <= 1))
            yield return FormattableString.Invariant($"negative_share is {NegativeShare}; use a number in [0, 1]");
        if (SystemPrompt == NegativeSystemPrompt)
            yield return "system_prompt and negative_system_prompt are the same, so that good and bad behaviour could not be told apart";
    }
}
