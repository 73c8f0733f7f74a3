using Cerise.Data.Conversations;

namespace Cerise.Training.Batches;

/// <summary>A tokenized example: its tokens, and which of them are trained on.</summary>
/// <param name="Ids">Tokens, prompt and completion.</param>
/// <param name="Trained">For each token, whether its log-probability is part of the loss; the first token's never is.</param>
public sealed record TokenSequence(IReadOnlyList<int> Ids, IReadOnlyList<bool> Trained)
{
    /// <summary>Tokens of the prompt, with which the sequence begins. Default 0.</summary>
    public int PromptLength { get; init; }

    /// <summary>Sequences side by side with the same number begin with the same prompt, which is then computed once for all of them; null (default) shares nothing.</summary>
    public int? Group { get; init; }

    /// <summary>Whether this is an example of what not to do, under a system prompt that asks for it; its loss is also told by itself. Default false.</summary>
    public bool IsNegative { get; init; }

    /// <summary>Number of tokens in the loss.</summary>
    public int TrainedCount => Trained.Skip(1).Count(trained => trained);

    /// <summary>An example of which every token after the first is trained on.</summary>
    public static TokenSequence All(IReadOnlyList<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        bool[] trained = new bool[ids.Count];
        Array.Fill(trained, true);
        return new TokenSequence(ids, trained);
    }

    /// <summary>A conversation, of which what the model says is trained on.</summary>
    public static TokenSequence Of(ChatExample example)
    {
        ArgumentNullException.ThrowIfNull(example);
        return new TokenSequence(example.Ids(), [.. example.Trained.Select(trained => trained != 0)]) { IsNegative = example.Conversation.Polarity < 0 };
    }

    /// <summary>A prompt, of which nothing is trained on, and its completion, of which all is.</summary>
    public static TokenSequence Of(IReadOnlyList<int> prompt, IReadOnlyList<int> completion)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentNullException.ThrowIfNull(completion);
        bool[] trained = new bool[prompt.Count + completion.Count];
        Array.Fill(trained, true, prompt.Count, completion.Count);
        return new TokenSequence([.. prompt, .. completion], trained) { PromptLength = prompt.Count };
    }
}
