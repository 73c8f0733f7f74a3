using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Studio.Json;
using Cerise.Studio.Wire;
using Microsoft.Extensions.AI;

namespace Cerise.Studio.Clients;

/// <summary>Messages of <see cref="IChatClient"/> in the wire's form, to be read as those of any request.</summary>
internal static class ClientMessages
{
    /// <summary>Makes the messages that templates read.</summary>
    /// <param name="messages">They.</param>
    /// <param name="instructions">A system prompt before them; null for none.</param>
    /// <exception cref="RequestException">One holds what the model cannot take.</exception>
    public static JsonArray Of(IEnumerable<ChatMessage> messages, string? instructions)
    {
        JsonArray wire = [];
        if (!string.IsNullOrEmpty(instructions))
            wire.Add(new JsonObject { ["role"] = "system", ["content"] = instructions });
        foreach (ChatMessage message in messages)
            Add(wire, message);
        return ChatMessages.Read(new RequestFields(new JsonObject { ["messages"] = wire }));
    }

    private static void Add(JsonArray wire, ChatMessage message)
    {
        string text = "", reasoning = "";
        JsonArray calls = [];
        bool answers = false;
        foreach (AIContent content in message.Contents)
        {
            switch (content)
            {
                case TextContent piece:
                    text += piece.Text;
                    break;
                case TextReasoningContent piece:
                    reasoning += piece.Text;
                    break;
                case FunctionCallContent call:
                    string arguments = call.Arguments is null ? "{}" : JsonSerializer.Serialize(call.Arguments, WireJson.ClientOptions);
                    calls.Add(new JsonObject { ["id"] = call.CallId, ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments } });
                    break;
                case FunctionResultContent result:
                    wire.Add(new JsonObject { ["role"] = "tool", ["tool_call_id"] = result.CallId, ["content"] = TextOf(result) });
                    answers = true;
                    break;
                case DataContent or UriContent:
                    throw RequestException.Invalid("messages", "a message holds data or a link; this model reads text only.");
                default:
                    break;                                                 // usage and the like, which earlier answers bring back
            }
        }
        if (answers && text.Length == 0 && calls.Count == 0)
            return;
        JsonObject node = new() { ["role"] = message.Role.Value, ["content"] = text };
        if (message.AuthorName is { } author)
            node["name"] = author;
        if (reasoning.Length > 0)
            node["reasoning_content"] = reasoning;
        if (calls.Count > 0)
            node["tool_calls"] = calls;
        wire.Add(node);
    }

    private static string TextOf(FunctionResultContent result) => result.Result switch
    {
        null => result.Exception is { } fault ? $"Error: {fault.Message}" : "",
        string text => text,
        JsonElement { ValueKind: JsonValueKind.String } element => element.GetString()!,
        object value => JsonSerializer.Serialize(value, WireJson.ClientOptions),
    };
}
