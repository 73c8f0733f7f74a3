using System.Text.Json.Nodes;

namespace Cerise.Studio.Chat.ToolCalls;

/// <summary>A function that the model may call.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Definition">All of it as templates read it: <c>{"type": "function", "function": {...}}</c>.</param>
/// <param name="Parameters">The schema of its arguments; null where it takes none.</param>
internal sealed record ToolDeclaration(string Name, JsonObject Definition, JsonObject? Parameters)
{
    /// <summary>The schema of its arguments; that of an empty object where none was given.</summary>
    public JsonObject Schema => (JsonObject?)Parameters?.DeepClone()
        ?? new JsonObject { ["type"] = "object", ["properties"] = new JsonObject(), ["additionalProperties"] = false };
}
