using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>A call whose arguments are written between tags, as Qwen3-Coder and GLM do.</summary>
/// <param name="Name">The function.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record MarkedCall(string Name, JsonObject Arguments)
{
    private const string Function = "<function=";
    private static readonly SearchValues<char> NotInNames = SearchValues.Create(" \n\t{}\"");
    private const string Parameter = "<parameter=";

    /// <summary>Reads a call; null where the text is none.</summary>
    /// <param name="text">What stands between the tags of the call.</param>
    public static MarkedCall? Read(string text) => text.StartsWith(Function, StringComparison.Ordinal) ? ReadFunction(text) : ReadKeys(text);

    // <function=name> <parameter=key> value </parameter> ... </function>
    private static MarkedCall? ReadFunction(string text)
    {
        int at = text.IndexOf('>', StringComparison.Ordinal);
        if (at < 0 || text[Function.Length..at].Trim() is not { Length: > 0 } name)
            return null;
        JsonObject arguments = [];
        while (Between(text, Parameter, ">", ref at) is { } key)
        {
            int end = text.IndexOf("</parameter>", at, StringComparison.Ordinal);
            // Models leave the end of a value out where the next one begins.
            int next = text.IndexOf(Parameter, at, StringComparison.Ordinal);
            if (end < 0 || (next >= 0 && next < end))
                end = next >= 0 ? next : Math.Max(at, text.IndexOf("</function>", at, StringComparison.Ordinal) is var last and >= 0 ? last : text.Length);
            arguments[key.Trim()] = Value(text[at..end]);
            at = end;
        }
        return new MarkedCall(name, arguments);
    }

    // name <arg_key>key</arg_key> <arg_value>value</arg_value> ...
    private static MarkedCall? ReadKeys(string text)
    {
        int at = text.IndexOf('<', StringComparison.Ordinal);
        string name = (at < 0 ? text : text[..at]).Trim();
        if (name.Length == 0 || name.AsSpan().ContainsAny(NotInNames))
            return null;
        JsonObject arguments = [];
        at = Math.Max(at, 0);
        while (Between(text, "<arg_key>", "</arg_key>", ref at) is { } key && Between(text, "<arg_value>", "</arg_value>", ref at) is { } value)
            arguments[key.Trim()] = Value(value);
        return new MarkedCall(name, arguments);
    }

    private static string? Between(string text, string open, string close, ref int at)
    {
        int begin = text.IndexOf(open, at, StringComparison.Ordinal);
        int end = begin < 0 ? -1 : text.IndexOf(close, begin += open.Length, StringComparison.Ordinal);
        if (end < 0)
            return null;
        at = end + close.Length;
        return text[begin..end];
    }

    // One line break on each side belongs to the tags. What reads as JSON is JSON, anything else a text.
    private static JsonNode? Value(string written)
    {
        string text = written.StartsWith('\n') ? written[1..] : written;
        text = text.EndsWith('\n') ? text[..^1] : text;
        try
        {
            return JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 64 });
        }
        catch (JsonException)
        {
            return JsonValue.Create(text);
        }
    }
}
