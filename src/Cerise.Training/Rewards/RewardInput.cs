using System.Text.Json;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Rewards;

/// <summary>One completion to be scored, with what is known about it.</summary>
public sealed record RewardInput
{
    /// <summary>The prompt's text as the model saw it.</summary>
    public required string Prompt { get; init; }

    /// <summary>The completion's text, without special tokens.</summary>
    public required string Completion { get; init; }

    /// <summary>The completion's token ids, as sampled; its count is the completion's length.</summary>
    public IReadOnlyList<int> CompletionIds { get; init; } = [];

    /// <summary>Whether the completion ran into the length limit (finish reason "length") instead of ending by itself ("stop").</summary>
    public bool Truncated { get; init; }

    /// <summary>The length limit, tokens; 0 where there was none.</summary>
    public int MaxCompletionLength { get; init; }

    /// <summary>Which prompt of the batch this answers: the completions of one prompt share it.</summary>
    public int GroupId { get; init; }

    /// <summary>The dataset row's further columns, such as <c>answer</c>.</summary>
    public IReadOnlyDictionary<string, JsonElement> Columns { get; init; } = new Dictionary<string, JsonElement>();

    /// <summary>The completion, with the opening think tag put back in front where the prompt already ends with it.</summary>
    public string Response => Prompt.AsSpan().TrimEnd().EndsWith(Thinking.Open, StringComparison.Ordinal) ? Thinking.Open + Completion : Completion;

    /// <summary>A column as text: strings as they are, other values as JSON; null where the row has no such column or a null in it.</summary>
    public string? Text(string column) => Columns.TryGetValue(column, out JsonElement value) && value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
        ? value.ToString()
        : null;
}
