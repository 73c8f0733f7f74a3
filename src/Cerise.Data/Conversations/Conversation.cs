using System.Text.Json;

namespace Cerise.Data.Conversations;

/// <summary>A row of a dataset as a conversation: what is said, and what the template is told beside it. Immutable.</summary>
/// <remarks>Read from rows by <see cref="ConversationReader"/>, which checks it; one made in code is taken as it is.</remarks>
public sealed record Conversation
{
    /// <summary>What is said, in order; empty where the row is <see cref="Plain"/> text.</summary>
    public IReadOnlyList<Message> Messages { get; init; } = [];

    /// <summary>The row's text where it has no roles; null for a conversation.</summary>
    public PlainText? Plain { get; init; }

    /// <summary>The tools offered to the model, each in OpenAI's layout <c>{"type": "function", "function": {...}}</c>. Default none.</summary>
    public IReadOnlyList<JsonElement> Tools { get; init; } = [];

    /// <summary>The documents offered to the model. Default none.</summary>
    public IReadOnlyList<JsonElement> Documents { get; init; } = [];

    /// <summary>Further variables of the template, such as <c>enable_thinking</c> (TRL's column <c>chat_template_kwargs</c>). Default none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>
    /// +1 (default) for an example to follow. -1 for a bad answer under a system prompt that asks for it: what is learned from it stays with that prompt,
    /// which is never used at inference.
    /// </summary>
    public int Polarity { get; init; } = 1;

    /// <summary>Names the good and the bad answer to the same question; null for none.</summary>
    public string? PairId { get; init; }

    /// <summary>The layout it was read from.</summary>
    public ConversationLayout Layout { get; init; }

    /// <summary>The file it was read from, for messages.</summary>
    public string File { get; init; } = "(in memory)";

    /// <summary>Its line in the file, from 1; 0 where there is none.</summary>
    public long Line { get; init; }

    /// <summary>Its number in a JSON array, from 1; 0 elsewhere.</summary>
    public long Number { get; init; }

    /// <summary>The system prompt with which it begins; null for none.</summary>
    public string? System => Messages is [{ Role: MessageRoles.System } first, ..] ? first.Text : null;

    /// <summary>Whether there is an answer, to be trained or not: without one it is a prompt. What was answered before a prompt does not count.</summary>
    public bool HasAnswer => Plain is { Completion: not null }
        || (Layout != ConversationLayout.Prompt && Messages.Any(message => message.Role == MessageRoles.Assistant));

    /// <summary>The messages up to the last answer: what the model is given to answer.</summary>
    public IReadOnlyList<Message> PromptMessages
    {
        get
        {
            int end = Messages.Count;
            while (end > 0 && Messages[end - 1].Role == MessageRoles.Assistant)
                end--;
            return end == Messages.Count ? Messages : [.. Messages.Take(end)];
        }
    }
}
