using System.Text.Json;

namespace Cerise.Data.Conversations;

/// <summary>How conversations become tokens.</summary>
public sealed record ChatTokenizerOptions
{
    /// <summary>The system prompt of conversations that have none: in training and in prompts alike, as it will be at inference. Null (default) for the template's own.</summary>
    public string? SystemPrompt { get; init; }

    /// <summary>Variables of the template, such as <c>enable_thinking</c>; those of a row come before them. Default none.</summary>
    public IReadOnlyDictionary<string, JsonElement> Variables { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>Tokens of the longest example. Null (default) for any length.</summary>
    public int? MaxLength { get; init; }

    /// <summary>What becomes of an example longer than <see cref="MaxLength"/>. Default <see cref="TruncationMode.KeepStart"/>, as TRL's.</summary>
    public TruncationMode Truncation { get; init; }

    /// <summary>Whether only what the model says is trained (default), or every token.</summary>
    public bool CompletionOnlyLoss { get; init; } = true;

    /// <summary>Limits of a rendering, and its clock; null (default) for the renderer's own.</summary>
    public ChatTemplateOptions? Rendering { get; init; }

    /// <summary>Says everything that is wrong.</summary>
    public IEnumerable<string> Faults()
    {
        if (MaxLength < 1)
            yield return $"MaxLength is {MaxLength}; at least 1 is needed";
        if (SystemPrompt is { } prompt && string.IsNullOrWhiteSpace(prompt))
            yield return "SystemPrompt is empty; leave it out for the template's own";
        foreach (string fault in Rendering?.Faults() ?? [])
            yield return fault;
    }
}
