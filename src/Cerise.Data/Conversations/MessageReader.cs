using System.Globalization;
using System.Text.Json;
using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Reads the messages of a row, in TRL's and in ShareGPT's words.</summary>
/// <param name="row">The row, for messages about faults.</param>
/// <param name="column">The column that holds the list.</param>
internal sealed class MessageReader(Row row, string column)
{
    private const string Role = "role", From = "from", Content = "content", Value = "value";

    private static readonly HashSet<string> Known = new(StringComparer.Ordinal)
    {
        Role, From, Content, Value, "reasoning_content", "reasoning", "tool_calls", "function_call", "tool_call_id", "name", "train", "weight",
    };

    private int _calls;

    /// <summary>Reads all messages of the column.</summary>
    /// <exception cref="DatasetException">One is no message: names the place.</exception>
    public List<Message> Read()
    {
        List<Message> messages = [];
        foreach (JsonElement item in Cell.List(row, column))
            messages.Add(Read(item, messages.Count));
        return messages.Count > 0 ? messages : throw row.Fault(column, "holds no messages");
    }

    private Message Read(JsonElement item, int index)
    {
        if (item.ValueKind != JsonValueKind.Object)
            throw Fault(index, "is no object; {\"role\": ..., \"content\": ...} is expected");
        string speaker = Text(item, Role, index) ?? Text(item, From, index) ?? throw Fault(index, "has neither 'role' nor 'from'");
        string role = MessageRoles.Find(speaker) ?? throw Fault(index, $"has the role '{speaker}', which is not known. Known are {MessageRoles.KnownNames}");
        JsonElement content = Property(item, item.TryGetProperty(Role, out _) ? Content : Value);
        if (content.ValueKind == JsonValueKind.Undefined)
            content = Property(item, Content) is { ValueKind: not JsonValueKind.Undefined } other ? other : Property(item, Value);
        Message message = Speech(role, content, index) with
        {
            Reasoning = NotEmpty(Text(item, "reasoning_content", index) ?? Text(item, "reasoning", index)),
            ToolCalls = Calls(item, index),
            ToolCallId = Text(item, "tool_call_id", index),
            Name = Text(item, "name", index),
            Train = Flag(item, "train", index) ?? Flag(item, "weight", index) ?? true,
            Extras = item.EnumerateObject().Where(property => !Known.Contains(property.Name) && property.Value.ValueKind != JsonValueKind.Null)
                .ToDictionary(property => property.Name, property => property.Value),
        };
        return speaker == MessageRoles.FunctionCall ? message with { Content = null, ToolCalls = CallsInText(message.Content, index) } : message;
    }

    private Message Speech(string role, JsonElement content, int index) => content.ValueKind switch
    {
        JsonValueKind.String => new Message(role, content.GetString()),
        JsonValueKind.Undefined => new Message(role, null),
        JsonValueKind.Array => new Message(role, null) { Parts = [.. content.EnumerateArray()] },
        _ => throw Fault(index, "has a content that is neither text nor a list of parts"),
    };

    private List<ToolCall> Calls(JsonElement item, int index)
    {
        JsonElement calls = Property(item, "tool_calls");
        if (calls.ValueKind == JsonValueKind.String)
            calls = Cell.Parse(calls.GetString()!);
        if (calls.ValueKind == JsonValueKind.Array)
            return [.. calls.EnumerateArray().Select(call => Call(call, index))];
        if (calls.ValueKind != JsonValueKind.Undefined)
            throw Fault(index, "has tool_calls that are no list");
        JsonElement single = Property(item, "function_call");
        return single.ValueKind == JsonValueKind.Undefined ? [] : [Call(single, index)];
    }

    private List<ToolCall> CallsInText(string? text, int index)
    {
        JsonElement value = Cell.Parse(text ?? "");
        return value.ValueKind switch
        {
            JsonValueKind.Object => [Call(value, index)],
            JsonValueKind.Array when value.GetArrayLength() > 0 => [.. value.EnumerateArray().Select(call => Call(call, index))],
            _ => throw Fault(index, "is a function_call whose value is no JSON of the form {\"name\": ..., \"arguments\": {...}}"),
        };
    }

    private ToolCall Call(JsonElement call, int index)
    {
        if (call.ValueKind != JsonValueKind.Object)
            throw Fault(index, "calls a tool in another way than {\"name\": ..., \"arguments\": {...}}");
        JsonElement function = Property(call, "function") is { ValueKind: JsonValueKind.Object } inner ? inner : call;
        string name = NotEmpty(Text(function, "name", index)) ?? throw Fault(index, "calls a tool without a name");
        JsonElement arguments = Property(function, "arguments");
        if (arguments.ValueKind is not (JsonValueKind.Object or JsonValueKind.String or JsonValueKind.Undefined))
            throw Fault(index, $"calls '{name}' with arguments that are neither an object nor text");
        if (arguments.ValueKind == JsonValueKind.Undefined)
            arguments = Cell.Parse("{}");
        // Nine letters and digits are what the strictest templates (Mistral's) accept.
        string id = Text(call, "id", index) ?? string.Create(CultureInfo.InvariantCulture, $"call{_calls:D5}");
        _calls++;
        return new ToolCall(name, arguments, id);
    }

    private static JsonElement Property(JsonElement item, string name)
        => item.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : default;

    private string? Text(JsonElement item, string name, int index) => Property(item, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.String } value => value.GetString(),
        _ => throw Fault(index, $"has a '{name}' that is no text"),
    };

    private bool? Flag(JsonElement item, string name, int index) => Property(item, name) switch
    {
        { ValueKind: JsonValueKind.Undefined } => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.Number } number when number.TryGetDouble(out double value) && value is 0 or 1 => number.GetDouble() == 1,
        _ => throw Fault(index, $"has a '{name}' that is neither true nor false"),
    };

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private DatasetException Fault(int index, string problem) => row.Fault(column, FormattableString.Invariant($"has a fault: message {index + 1} {problem}"));
}
