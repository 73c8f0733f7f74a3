using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>Two schemas that must both hold, as one.</summary>
internal sealed class SchemaMerge
{
    // Nodes copied in all merges of a schema: references that multiply end here.
    private const int MostNodes = 500_000;

    private int _nodes;

    /// <summary>Merges two schema objects into a new one.</summary>
    /// <exception cref="GrammarException">They cannot be merged.</exception>
    public JsonObject Both(JsonObject left, JsonObject right, string path)
    {
        JsonObject both = (JsonObject)Copy(left, path)!;
        foreach ((string key, JsonNode? value) in right)
        {
            if (!both.TryGetPropertyValue(key, out JsonNode? mine))
                both[key] = Copy(value, path);
            else if (!JsonNode.DeepEquals(mine, value))
                both[key] = Keyword(key, mine, value, path);
        }
        return both;
    }

    /// <summary>A copy that belongs to no other document.</summary>
    public JsonNode? Copy(JsonNode? node, string path)
    {
        _nodes += Size(node);
        return _nodes <= MostNodes ? node?.DeepClone() : throw new GrammarException(path, "the schema grows without end when references and allOf are merged; use fewer of them");
    }

    private JsonNode? Keyword(string key, JsonNode? left, JsonNode? right, string path)
    {
        switch (key)
        {
            case "title" or "description" or "default" or "examples" or "example" or "$comment" or "$schema" or "$id" or "$defs" or "definitions" or "deprecated"
                or "readOnly" or "writeOnly" or "contentEncoding" or "contentMediaType" or "contentSchema":
                return Copy(left, path);
            case "properties" when left is JsonObject mine && right is JsonObject theirs:
                JsonObject properties = (JsonObject)Copy(mine, path)!;
                foreach ((string name, JsonNode? schema) in theirs)
                    properties[name] = mine.TryGetPropertyValue(name, out JsonNode? own) ? BothLater(own, schema, path) : Copy(schema, path);
                return properties;
            case "items" or "additionalProperties":
                return IsFalse(left) || IsFalse(right) ? false : BothLater(left, right, path);
            case "required" when left is JsonArray mine && right is JsonArray theirs:
                return new JsonArray([.. mine.Concat(theirs.Where(name => !mine.Any(own => JsonNode.DeepEquals(own, name)))).Select(name => Copy(name, path))]);
            case "enum" when left is JsonArray mine && right is JsonArray theirs:
                return new JsonArray([.. mine.Where(value => theirs.Any(their => JsonNode.DeepEquals(value, their))).Select(value => Copy(value, path))]);
            case "type":
                return Types(left, right, path);
            case "minimum" or "exclusiveMinimum" or "minLength" or "minItems" or "minProperties":
                return Copy(Number(left, key, path) >= Number(right, key, path) ? left : right, path);
            case "maximum" or "exclusiveMaximum" or "maxLength" or "maxItems" or "maxProperties":
                return Copy(Number(left, key, path) <= Number(right, key, path) ? left : right, path);
            case "allOf" when left is JsonArray mine && right is JsonArray theirs:
                return new JsonArray([.. mine.Concat(theirs).Select(schema => Copy(schema, path))]);
            default:
                throw new GrammarException(SchemaReader.Member(path, key), "stands in several schemas that must all hold, and cannot be merged; write it once");
        }
    }

    private JsonObject BothLater(JsonNode? left, JsonNode? right, string path) => new() { ["allOf"] = new JsonArray(Copy(left, path), Copy(right, path)) };

    private JsonArray Types(JsonNode? left, JsonNode? right, string path)
    {
        string[] theirs = [.. List(right)];
        // Every integer is a number.
        IEnumerable<string> both = List(left).SelectMany(type => theirs.Contains(type) ? [type]
            : type == "integer" && theirs.Contains("number") ? [type]
            : type == "number" && theirs.Contains("integer") ? (string[])["integer"] : []);
        return new JsonArray([.. both.Distinct().Select(type => Copy(JsonValue.Create(type), path))]);
    }

    private static IEnumerable<string> List(JsonNode? types) => types is JsonArray list ? list.Select(type => type?.ToString() ?? "") : [types?.ToString() ?? ""];

    private static bool IsFalse(JsonNode? node) => node?.GetValueKind() == JsonValueKind.False;

    private static decimal Number(JsonNode? node, string key, string path) =>
        node?.GetValueKind() == JsonValueKind.Number && decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number)
            ? number
            : throw new GrammarException(SchemaReader.Member(path, key), "is not a number of at most 28 digits");

    private static int Size(JsonNode? node) => node switch
    {
        JsonObject members => 1 + members.Sum(member => Size(member.Value)),
        JsonArray items => 1 + items.Sum(Size),
        _ => 1,
    };
}
