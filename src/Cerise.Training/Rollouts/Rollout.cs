using Cerise.Models.Generation;
using Cerise.Training.Rewards;

namespace Cerise.Training.Rollouts;

/// <summary>A sampled completion of a prompt.</summary>
/// <param name="Prompt">What was completed.</param>
/// <param name="Group">The prompt's number in the step: completions of one prompt share it.</param>
/// <param name="Completion">Tokens, and their log-probabilities as recorded while sampling.</param>
/// <param name="Text">The completion as text, special tokens left out.</param>
public sealed record Rollout(Prompt Prompt, int Group, Completion Completion, string Text)
{
    /// <summary>Whether the completion ran into the length limit.</summary>
    public bool Truncated => Completion.FinishReason == FinishReason.Length;

    /// <summary>The completion as rewards see it.</summary>
    /// <param name="maxCompletionLength">The length limit, tokens.</param>
    public RewardInput ToRewardInput(int maxCompletionLength) => new()
    {
        Prompt = Prompt.Text,
        Completion = Text,
        CompletionIds = Completion.Ids,
        Truncated = Truncated,
        MaxCompletionLength = maxCompletionLength,
        GroupId = Group,
        Columns = Prompt.Columns,
    };
}
