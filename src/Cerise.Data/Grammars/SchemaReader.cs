using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>Reads the keywords of one schema object; faults name the keyword.</summary>
/// <param name="schema">The object.</param>
/// <param name="path">Where it stands, as a JSON pointer.</param>
internal sealed class SchemaReader(JsonObject schema, string path)
{
    public JsonObject Schema => schema;

    public string Path => path;

    public bool Has(string key) => schema.ContainsKey(key);

    public bool HasAny(params ReadOnlySpan<string> keys)
    {
        foreach (string key in keys)
            if (schema.ContainsKey(key))
                return true;
        return false;
    }

    public string? Text(string key) => !schema.TryGetPropertyValue(key, out JsonNode? node) ? null
        : node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Fault(key, "is not a string");

    public bool? Flag(string key) => !schema.TryGetPropertyValue(key, out JsonNode? node) ? null
        : node?.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? node.GetValue<bool>() : throw Fault(key, "is neither true nor false");

    /// <summary>A whole number of 0 or more.</summary>
    public int? Count(string key)
    {
        if (Number(key) is not { } number)
            return null;
        return number is >= 0 and <= int.MaxValue && number == decimal.Truncate(number) ? (int)number : throw Fault(key, "is not a whole number from 0 on");
    }

    public decimal? Number(string key)
    {
        if (!schema.TryGetPropertyValue(key, out JsonNode? node))
            return null;
        if (node?.GetValueKind() != JsonValueKind.Number)
            throw Fault(key, "is not a number");
        return decimal.TryParse(node.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) && Math.Abs(number) <= IntegerRange.Most
            ? number
            : throw Fault(key, "is beyond 18 digits; use a smaller bound");
    }

    public JsonObject? Object(string key) => !schema.TryGetPropertyValue(key, out JsonNode? node) ? null : node as JsonObject ?? throw Fault(key, "is not an object");

    public JsonArray? List(string key) => !schema.TryGetPropertyValue(key, out JsonNode? node) ? null
        : node as JsonArray ?? throw Fault(key, "is not a list");

    public IReadOnlyList<string> Names(string key) => [.. (List(key) ?? []).Select(node =>
        node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : throw Fault(key, "holds what is not a string"))];

    public GrammarException Fault(string key, string what) => new($"{path}/{key}", what);

    /// <summary>The pointer of a member, with the characters escaped that pointers use (RFC 6901).</summary>
    public static string Member(string path, string name) =>
        $"{path}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";
}
