using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>How a template wants messages where templates differ: found by asking it, never by its name.</summary>
/// <param name="ArgumentsAsText">Whether arguments of tools are JSON text rather than objects.</param>
/// <param name="CallContent">What stands for the content of a message that only calls tools: an empty text, null, or no such key.</param>
/// <param name="PartsAsText">Whether content in parts has to be joined to one text.</param>
internal sealed record MessageForm(bool ArgumentsAsText, MessageForm.NoContent CallContent, bool PartsAsText)
{
    internal enum NoContent
    {
        Empty,
        Null,
        Missing,
    }

    /// <summary>All forms in which a call can be written, the usual one first.</summary>
    public static IEnumerable<MessageForm> OfCalls { get; } =
    [
        .. from asText in new[] { false, true } from content in Enum.GetValues<NoContent>() select new MessageForm(asText, content, false),
    ];

    /// <summary>A message as templates read it.</summary>
    public JsonObject ToJson(Message message)
    {
        var json = new JsonObject { ["role"] = message.Role };
        if (message.Parts.Count > 0)
            json["content"] = PartsAsText && message.Parts.All(part => Message.TextOf(part) is not null) ? message.Text : Array(message.Parts);
        else if (!string.IsNullOrEmpty(message.Content) || message.ToolCalls.Count == 0)
            json["content"] = message.Content ?? "";
        else if (CallContent != NoContent.Missing)
            json["content"] = CallContent == NoContent.Empty ? "" : null;
        if (message.Reasoning is not null)
            json["reasoning_content"] = message.Reasoning;
        if (message.ToolCalls.Count > 0)
            json["tool_calls"] = new JsonArray([.. message.ToolCalls.Select(ToJson)]);
        if (message.ToolCallId is not null)
            json["tool_call_id"] = message.ToolCallId;
        if (message.Name is not null)
            json["name"] = message.Name;
        foreach ((string name, JsonElement value) in message.Extras)
            json[name] = Node(value);
        return json;
    }

    /// <summary>A value as a node of its own.</summary>
    public static JsonNode? Node(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => JsonObject.Create(value),
        JsonValueKind.Array => JsonArray.Create(value),
        _ => JsonValue.Create(value),
    };

    /// <summary>Values as a list of their own.</summary>
    public static JsonArray Array(IEnumerable<JsonElement> values) => new([.. values.Select(Node)]);

    private JsonObject ToJson(ToolCall call) => new()
    {
        ["id"] = call.Id,
        ["type"] = "function",
        ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = Arguments(call.Arguments) },
    };

    private JsonNode? Arguments(JsonElement arguments)
    {
        if (ArgumentsAsText)
            return arguments.ValueKind == JsonValueKind.String ? Node(arguments) : JsonValue.Create(JsonOf(arguments));
        return arguments.ValueKind == JsonValueKind.String && Cell.Parse(arguments.GetString()!) is { ValueKind: JsonValueKind.Object } parsed
            ? Node(parsed)
            : Node(arguments);
    }

    private static string JsonOf(JsonElement value)
    {
        var json = new ArrayBufferWriter<byte>();
        JsonText.Write(json, value);
        return Encoding.UTF8.GetString(json.WrittenSpan);
    }
}
