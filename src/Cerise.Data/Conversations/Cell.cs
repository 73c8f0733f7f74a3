using System.Text.Json;
using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Values of a row that are lists or objects, or JSON text of one, as CSV files and LLaMA-Factory's <c>tools</c> have them.</summary>
internal static class Cell
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>The items of a list; none where the column is missing, null or empty.</summary>
    public static IReadOnlyList<JsonElement> List(Row row, string column)
    {
        if (!row.Has(column))
            return [];
        JsonElement value = Unwrap(row, column, row[column]);
        return value.ValueKind switch
        {
            JsonValueKind.Array => [.. value.EnumerateArray()],
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            _ => throw row.Fault(column, "is no list"),
        };
    }

    /// <summary>The properties of an object; none where the column is missing, null or empty.</summary>
    public static IEnumerable<JsonProperty> Properties(Row row, string column)
    {
        if (!row.Has(column))
            return [];
        JsonElement value = Unwrap(row, column, row[column]);
        return value.ValueKind switch
        {
            JsonValueKind.Object => value.EnumerateObject(),
            JsonValueKind.Undefined or JsonValueKind.Null => [],
            _ => throw row.Fault(column, "is no object"),
        };
    }

    /// <summary>Whether the value is a list, or text that begins as JSON of one does.</summary>
    public static bool HoldsList(Row row, string column) => row.TryGet(column, out JsonElement value) && value.ValueKind switch
    {
        JsonValueKind.Array => true,
        JsonValueKind.String when row.IsUntyped => value.GetString()!.AsSpan().TrimStart().StartsWith("[{"),
        _ => false,
    };

    /// <summary>JSON from a text; nothing (undefined) where it is no JSON.</summary>
    public static JsonElement Parse(string text)
    {
        try
        {
            return JsonElement.Parse(text, Strict);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    private static JsonElement Unwrap(Row row, string column, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.String)
            return value;
        string text = value.GetString()!;
        if (string.IsNullOrWhiteSpace(text))
            return default;
        JsonElement parsed = Parse(text);
        if (parsed.ValueKind != JsonValueKind.Undefined)
            return parsed;
        string hint = text.Contains("{'", StringComparison.Ordinal) ? " It looks like Python's own notation: write it with json.dumps." : "";
        throw row.Fault(column, $"is text that is no JSON.{hint}".TrimEnd('.'));
    }
}
