using System.Text.Json.Nodes;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>How a model is made to call a function: the beginning of the answer is written for it, and a schema holds the rest.</summary>
/// <param name="Prefix">Text the answer begins with.</param>
/// <param name="Schema">The JSON that must follow it.</param>
internal sealed record ForcedCall(string Prefix, JsonObject Schema)
{
    private const string Definitions = "$defs";

    /// <summary>One call of one of several functions.</summary>
    /// <param name="prefix">Text before it.</param>
    /// <param name="tools">The functions.</param>
    /// <param name="arguments">The key of the arguments.</param>
    public static ForcedCall One(string prefix, IReadOnlyList<ToolDeclaration> tools, string arguments = "arguments")
    {
        JsonObject definitions = [];
        JsonObject schema = Call(tools, arguments, definitions);
        return new ForcedCall(prefix, WithDefinitions(schema, definitions));
    }

    /// <summary>A list of calls.</summary>
    /// <param name="prefix">Text before it.</param>
    /// <param name="tools">The functions.</param>
    /// <param name="parallel">Whether it may hold more than one.</param>
    public static ForcedCall List(string prefix, IReadOnlyList<ToolDeclaration> tools, bool parallel)
    {
        JsonObject definitions = [];
        JsonObject schema = new() { ["type"] = "array", ["items"] = Call(tools, "arguments", definitions), ["minItems"] = 1 };
        if (!parallel)
            schema["maxItems"] = 1;
        return new ForcedCall(prefix, WithDefinitions(schema, definitions));
    }

    private static JsonObject Call(IReadOnlyList<ToolDeclaration> tools, string arguments, JsonObject definitions)
    {
        JsonObject[] calls = [.. tools.Select((tool, index) => new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["name"] = new JsonObject { ["const"] = tool.Name }, [arguments] = Moved(tool.Schema, $"tool{index}", definitions) },
            ["required"] = new JsonArray("name", arguments),
            ["additionalProperties"] = false,
        })];
        return calls.Length == 1 ? calls[0] : new JsonObject { ["anyOf"] = new JsonArray([.. calls]) };
    }

    // A schema's references count from its root. Where it has some, the whole of it becomes a definition of the new root, and they are counted from there.
    private static JsonObject Moved(JsonObject schema, string name, JsonObject definitions)
    {
        if (!Redirect(schema, $"#/{Definitions}/{name}"))
            return schema;
        definitions[name] = schema;
        return new JsonObject { ["$ref"] = $"#/{Definitions}/{name}" };
    }

    private static bool Redirect(JsonNode? node, string root)
    {
        bool any = false;
        if (node is JsonArray list)
        {
            foreach (JsonNode? item in list)
                any |= Redirect(item, root);
        }
        else if (node is JsonObject fields)
        {
            foreach ((string _, JsonNode? value) in fields)
                any |= Redirect(value, root);
            if (fields["$ref"] is JsonValue reference && reference.TryGetValue(out string? target) && target.StartsWith('#'))
            {
                fields["$ref"] = root + target[1..];
                any = true;
            }
        }
        return any;
    }

    private static JsonObject WithDefinitions(JsonObject schema, JsonObject definitions)
    {
        if (definitions.Count > 0)
            schema[Definitions] = definitions;
        return schema;
    }
}
