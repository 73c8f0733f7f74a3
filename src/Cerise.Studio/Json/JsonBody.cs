using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Unicode;

namespace Cerise.Studio.Json;

/// <summary>Reads the JSON of a request with bounds on what it may cost: depth, number of values, every text whole.</summary>
internal static class JsonBody
{
    /// <summary>Deepest nesting, far above what schemas of tools need.</summary>
    public const int MaxDepth = 64;

    /// <summary>Most values of a body, which bounds the memory that it becomes; room for prompts given as token ids.</summary>
    public const int MaxValues = 500_000;

    // What some programs put before UTF-8, and readers may pass over (RFC 8259, section 8.1).
    private static ReadOnlySpan<byte> Mark => [0xEF, 0xBB, 0xBF];

    private static readonly JsonReaderOptions Options = new() { MaxDepth = MaxDepth };

    /// <summary>Reads a body that must be one object.</summary>
    /// <exception cref="RequestException">It is not, with where it breaks off; status 400.</exception>
    public static JsonObject Read(ReadOnlySpan<byte> utf8)
    {
        if (utf8.StartsWith(Mark))
            utf8 = utf8[Mark.Length..];
        if (utf8.IsEmpty)
            throw new RequestException(400, "the request has no body. Send a JSON object.", code: "invalid_json");
        if (!Utf8.IsValid(utf8))
            throw new RequestException(400, "the body is not valid UTF-8. Send JSON encoded as UTF-8.", code: "invalid_json");
        try
        {
            var reader = new Utf8JsonReader(utf8, Options);
            reader.Read();
            int left = MaxValues;
            JsonNode? root = Value(ref reader, ref left);
            reader.Read();                                                 // throws where more follows
            return root as JsonObject ?? throw new RequestException(400, "the body is not a JSON object.", code: "invalid_json");
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            throw new RequestException(400, $"the body is not valid JSON: {Position(fault)}", code: "invalid_json", cause: fault);
        }
    }

    private static JsonNode? Value(ref Utf8JsonReader reader, ref int left)
    {
        if (--left < 0)
            throw new RequestException(400, $"the body holds more than {MaxValues} values.", code: "invalid_json");
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Object(ref reader, ref left);
            case JsonTokenType.StartArray:
                JsonArray items = [];
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                    items.Add(Value(ref reader, ref left));
                return items;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.Number:
                return Number(ref reader);
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            default:
                return null;
        }
    }

    private static JsonObject Object(ref Utf8JsonReader reader, ref int left)
    {
        JsonObject fields = [];
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            reader.Read();
            if (!fields.TryAdd(name, Value(ref reader, ref left)))
                throw new RequestException(400, $"the body is not valid JSON: the key '{Shortened(name)}' stands twice in one object.", code: "invalid_json");
        }
        return fields;
    }

    // Whole numbers as such, which ids are; others as they were written, so that a template shows 1.0 as 1.0.
    private static JsonValue Number(ref Utf8JsonReader reader)
    {
        if (!reader.ValueSpan.ContainsAny((byte)'.', (byte)'e', (byte)'E') && reader.TryGetInt64(out long whole))
            return JsonValue.Create(whole);
        return JsonValue.Create(JsonElement.ParseValue(ref reader))!;
    }

    private static string Position(Exception fault) => fault is JsonException { LineNumber: { } line, BytePositionInLine: { } column }
        ? string.Create(CultureInfo.InvariantCulture, $"line {line + 1}, byte {column + 1}: it breaks off, is nested deeper than {MaxDepth}, or holds what JSON does not have.")
        : "a text holds half of a surrogate pair.";

    private static string Shortened(string name) => name.Length <= 40 ? name : name[..40] + "...";
}
