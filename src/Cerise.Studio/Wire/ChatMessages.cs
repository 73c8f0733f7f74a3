using System.Text.Json.Nodes;
using Cerise.Studio.Json;

namespace Cerise.Studio.Wire;

/// <summary>Makes of the messages of a request what templates read: contents as one text, arguments of tool calls as objects.</summary>
internal static class ChatMessages
{
    /// <summary>Reads the messages.</summary>
    /// <exception cref="RequestException">One is not a message; status 400, its place named.</exception>
    public static JsonArray Read(RequestFields fields)
    {
        if (fields.Objects("messages") is not { } messages)
            throw fields.Missing("messages");
        if (messages.Count == 0)
            throw RequestException.Invalid("messages", "messages is empty; give at least one message.");
        JsonArray read = [];
        Dictionary<string, string> called = [];                            // the functions of the calls so far, by the id of the call
        foreach (RequestFields message in messages)
            read.Add(Message(message, called));
        return read;
    }

    private static JsonObject Message(RequestFields message, Dictionary<string, string> called)
    {
        string role = message.RequiredText("role");
        JsonObject read = new() { ["role"] = role == "developer" ? "system" : role };
        if (message.Text("name") is { } name)
            read["name"] = name;
        switch (role)
        {
            case "system" or "developer" or "user":
                read["content"] = Content(message) ?? throw message.Missing("content");
                break;
            case "assistant":
                JsonArray? calls = ToolCalls(message, called);
                string? content = Content(message) ?? message.Text("refusal");
                if (content is null && calls is null)
                    throw message.Missing("content");
                read["content"] = content ?? "";
                if ((message.Text("reasoning_content") ?? message.Text("reasoning")) is { } reasoning)
                    (read["reasoning_content"], read["thinking"]) = (reasoning, reasoning);
                if (calls is not null)
                    read["tool_calls"] = calls;
                break;
            case "tool":
                string id = message.RequiredText("tool_call_id");
                read["tool_call_id"] = id;
                read["content"] = Content(message) ?? throw message.Missing("content");
                if (read["name"] is null && called.TryGetValue(id, out string? function))
                    read["name"] = function;
                break;
            default:
                throw RequestException.Invalid(message.PathOf("role"), $"{message.PathOf("role")} is '{Shortened(role)}'; use system, developer, user, assistant or tool.");
        }
        return read;
    }

    // A text, or parts of which each is one.
    private static string? Content(RequestFields message)
    {
        if (message.Node("content") is not JsonArray)
            return message.Text("content");
        return string.Concat(message.Objects("content")!.Select(part => part.RequiredText("type") switch
        {
            "text" => part.RequiredText("text"),
            "refusal" => part.RequiredText("refusal"),
            string other => throw RequestException.Invalid(part.PathOf("type"), $"{part.PathOf("type")} is '{Shortened(other)}'; this model reads text only."),
        }));
    }

    private static JsonArray? ToolCalls(RequestFields message, Dictionary<string, string> called)
    {
        if (message.Objects("tool_calls") is not { Count: > 0 } calls)
            return null;
        JsonArray read = [];
        foreach (RequestFields call in calls)
        {
            if (call.Text("type") is { } type && type != "function")
                throw RequestException.Invalid(call.PathOf("type"), $"{call.PathOf("type")} is '{Shortened(type)}'; use function.");
            RequestFields function = call.Object("function") ?? throw call.Missing("function");
            string name = function.RequiredText("name");
            JsonObject readCall = new() { ["type"] = "function", ["function"] = new JsonObject { ["name"] = name, ["arguments"] = Arguments(function) } };
            if (call.Text("id") is { } id)
            {
                readCall["id"] = id;
                called[id] = name;
            }
            read.Add(readCall);
        }
        return read;
    }

    // Templates write arguments as JSON themselves. What a model wrote badly earlier stays the text it was.
    private static JsonNode Arguments(RequestFields function)
    {
        if (function.Node("arguments") is JsonObject already)
            return already.DeepClone();
        string text = function.Text("arguments") ?? "";
        if (string.IsNullOrWhiteSpace(text))
            return new JsonObject();
        try
        {
            return JsonBody.Read(System.Text.Encoding.UTF8.GetBytes(text));
        }
        catch (RequestException)
        {
            return JsonValue.Create(text);
        }
    }

    private static string Shortened(string text) => text.Length <= 40 ? text : text[..40] + "...";
}
