using System.Text.Json;

namespace Cerise.Data.Conversations;

/// <summary>One message of a conversation.</summary>
/// <param name="Role">Who speaks: one of <see cref="MessageRoles.All"/>.</param>
/// <param name="Content">What is said; null where there is none (a call of a tool may have none) or where it is given in <see cref="Parts"/>.</param>
public sealed record Message(string Role, string? Content)
{
    /// <summary>The content as a list of parts, such as <c>{"type": "text", "text": "..."}</c>. Default none: the content is text.</summary>
    public IReadOnlyList<JsonElement> Parts { get; init; } = [];

    /// <summary>What the model thought before it spoke, without the marks around it (<c>reasoning_content</c>); null for nothing.</summary>
    public string? Reasoning { get; init; }

    /// <summary>Tools that the model calls. Default none.</summary>
    public IReadOnlyList<ToolCall> ToolCalls { get; init; } = [];

    /// <summary>For a tool's answer: the call it answers; null elsewhere.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>The speaker's or tool's name; null for none.</summary>
    public string? Name { get; init; }

    /// <summary>Whether what the model says here is trained on. Default true; of other roles nothing ever is.</summary>
    public bool Train { get; init; } = true;

    /// <summary>Whatever else the dataset says of the message, passed to the template as it is (<c>thinking</c>, for one). Default nothing.</summary>
    public IReadOnlyDictionary<string, JsonElement> Extras { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Whether the message belongs to what is trained: the model's, and not excepted.</summary>
    public bool IsTrained => Role == MessageRoles.Assistant && Train;

    /// <summary>The content as one text: parts that are text, joined by line breaks, where it is given in parts.</summary>
    public string Text => Content ?? string.Join('\n', Parts.Select(TextOf).OfType<string>());

    /// <summary>Whether anything but white space is said.</summary>
    internal bool HasContent => !string.IsNullOrWhiteSpace(Content) || Parts.Any(part => TextOf(part) is not { } text || text.Trim().Length > 0);

    /// <summary>The text of a part; null for a picture and the like.</summary>
    internal static string? TextOf(JsonElement part) => part.ValueKind switch
    {
        JsonValueKind.String => part.GetString(),
        JsonValueKind.Object when part.TryGetProperty("text", out JsonElement text) && text.ValueKind == JsonValueKind.String => text.GetString(),
        _ => null,
    };
}
