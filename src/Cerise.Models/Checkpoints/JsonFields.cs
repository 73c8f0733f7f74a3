using System.Text.Json;
using System.Text.Unicode;

namespace Cerise.Models.Checkpoints;

/// <summary>
/// The keys of one object in a JSON file; a missing or mistyped one is a <see cref="CheckpointException"/> that names file, key and expected type.
/// </summary>
internal sealed class JsonFields
{
    private readonly JsonElement _element;
    private readonly string _prefix;
    private readonly JsonElement? _missing;

    private JsonFields(string file, JsonElement element, string prefix, JsonElement? missing = null)
    {
        _missing = missing;
        File = file;
        _element = element;
        _prefix = prefix;
    }

    public string File { get; }

    public IEnumerable<string> Keys => _element.EnumerateObject().Select(property => property.Name);

    /// <summary>Reads and checks a file of at most <paramref name="maxBytes"/>.</summary>
    public static JsonFields Load(string path, long maxBytes) => Parse(ReadBytes(path, maxBytes), path);

    /// <summary>Parses a JSON text whose root has to be an object; a key given twice is refused, since readers differ in which one counts.</summary>
    public static JsonFields Parse(ReadOnlySpan<byte> json, string file)
    {
        json = json.StartsWith("\uFEFF"u8) ? json[3..] : json;
        if (!Utf8.IsValid(json))
            throw new CheckpointException(file, "is not UTF-8 text. Fetch or save it again.");
        try
        {
            var root = JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 64, AllowDuplicateProperties = false });
            if (root.ValueKind != JsonValueKind.Object)
                throw new CheckpointException(file, $"holds {Describe(root)}; a JSON object is expected.");
            RequireText(root);
            return new JsonFields(file, root, "");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            throw new CheckpointException(file, $"is not valid JSON ({CheckpointException.Shorten(error.Message)}) Correct it, or fetch or save it again.", error);
        }
    }

    public static byte[] ReadBytes(string path, long maxBytes)
    {
        using var file = RandomAccessFile.Open(path);
        if (file.Length > maxBytes)
            throw new CheckpointException(path, $"has {file.Length} bytes; at most {maxBytes} are expected. Is this the right file?");
        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes, 0);
        return bytes;
    }

    /// <summary>The same keys, of which missing ones (not those that are null) stand for what <paramref name="json"/> says.</summary>
    public JsonFields OrElse(string json) => new(File, _element, _prefix, JsonElement.Parse(json));

    /// <summary>Whether a key is there with another value than null.</summary>
    public bool Has(string key) => Optional(key) is not null;

    public bool IsObject(string key) => Optional(key) is { ValueKind: JsonValueKind.Object };

    public JsonFields Object(string key) => OptionalObject(key) ?? throw Missing(key, "an object");

    public JsonFields? OptionalObject(string key)
        => Optional(key) is not JsonElement value ? null
            : value.ValueKind == JsonValueKind.Object ? new JsonFields(File, value, _prefix + key + ".") : throw Mistyped(key, value, "an object");

    public string String(string key) => OptionalString(key) ?? throw Missing(key, "a string");

    public string? OptionalString(string key)
        => Optional(key) is not JsonElement value ? null
            : value.ValueKind == JsonValueKind.String ? value.GetString() : throw Mistyped(key, value, "a string");

    public bool? OptionalBool(string key)
        => Optional(key) is not JsonElement value ? null
            : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw Mistyped(key, value, "true or false");

    public int Int(string key, int least, int most) => OptionalInt(key, least, most) ?? throw Missing(key, $"a whole number from {least} to {most}");

    public int? OptionalInt(string key, int least, int most)
        => Optional(key) is JsonElement value ? ToInt(key, value, least, most) : null;

    public double? OptionalDouble(string key)
    {
        if (Optional(key) is not JsonElement value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out double number) && double.IsFinite(number))
            return number;
        throw Mistyped(key, value, "a number");
    }

    /// <summary>Token ids, written as a list or as one number; empty when missing, null, or -1, by which some configurations say "none".</summary>
    public int[] Ids(string key)
    {
        if (Optional(key) is not JsonElement value)
            return [];
        IEnumerable<JsonElement> items = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return [.. items.Select(item => ToInt(key, item, -1, int.MaxValue)).Where(id => id >= 0)];
    }

    /// <summary>A token id; null when there is none.</summary>
    public int? Id(string key) => Ids(key) switch
    {
        [] => null,
        [int id] => id,
        _ => throw Fault(key, "is a list of several ids; one is expected"),
    };

    /// <summary>The strings of a list; empty when the key is missing or null.</summary>
    public string[] Strings(string key)
    {
        if (Optional(key) is not JsonElement value)
            return [];
        if (value.ValueKind != JsonValueKind.Array || value.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw Mistyped(key, value, "a list of strings");
        return [.. value.EnumerateArray().Select(item => item.GetString()!)];
    }

    /// <summary>The numbers of a list; null when the key is missing or null.</summary>
    public double[]? OptionalDoubles(string key)
    {
        if (Optional(key) is not JsonElement value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Mistyped(key, value, "a list of numbers");
        return [.. value.EnumerateArray().Select(item =>
            item.ValueKind == JsonValueKind.Number && item.TryGetDouble(out double number) && double.IsFinite(number) ? number : throw Mistyped(key, item, "a number"))];
    }

    /// <summary>The whole numbers of a list; null when the key is missing or null.</summary>
    public int[]? OptionalInts(string key, int least, int most)
    {
        if (Optional(key) is not JsonElement value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Mistyped(key, value, "a list of whole numbers");
        return [.. value.EnumerateArray().Select(item => ToInt(key, item, least, most))];
    }

    /// <summary>A list of strings, or one string as a list of one; empty when the key is missing or null.</summary>
    public string[] StringOrStrings(string key) => Optional(key) is { ValueKind: JsonValueKind.String } value ? [value.GetString()!] : Strings(key);

    /// <summary>Whether a key is there as a string.</summary>
    public bool IsString(string key) => Optional(key) is { ValueKind: JsonValueKind.String };

    /// <summary>Whether a key says nothing: missing, null, false, or an empty list, object or string.</summary>
    public bool IsEmpty(string key) => Optional(key) is not JsonElement value || value.ValueKind switch
    {
        JsonValueKind.False => true,
        JsonValueKind.Array => value.GetArrayLength() == 0,
        JsonValueKind.Object => value.GetPropertyCount() == 0,
        JsonValueKind.String => value.GetString()!.Length == 0,
        _ => false,
    };

    /// <summary>Every key with its string, in the file's order and in one pass: to ask for each key would search the object each time.</summary>
    public IEnumerable<(string Key, string Value)> Strings()
    {
        foreach (JsonProperty property in _element.EnumerateObject())
            yield return (property.Name, property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString()! : throw Mistyped(property.Name, property.Value, "a string"));
    }

    /// <summary>The numbers of an object, in its order; empty when the key is missing or null.</summary>
    public IReadOnlyList<KeyValuePair<string, double>> Numbers(string key)
        => OptionalObject(key) is { } numbers ? [.. numbers.Keys.Select(name => KeyValuePair.Create(name, numbers.OptionalDouble(name) ?? throw numbers.Missing(name, "a number")))] : [];

    /// <summary>A fault in the value of a key; <paramref name="problem"/> completes the sentence "'key' ...".</summary>
    public CheckpointException Fault(string key, string problem)
        => new(File, $"{CheckpointException.Quote(_prefix + key)} {problem}.") { Key = _prefix + key };

    private JsonElement? Optional(string key)
        => (_element.TryGetProperty(key, out JsonElement value) || _missing?.TryGetProperty(key, out value) == true) && value.ValueKind != JsonValueKind.Null ? value : null;

    private int ToInt(string key, JsonElement value, int least, int most)
    {
        string expected = most == int.MaxValue ? $"a whole number from {least}" : $"a whole number from {least} to {most}";
        // Some writers print whole numbers as 4096.0.
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out double number) || number != Math.Floor(number))
            throw Mistyped(key, value, expected);
        if (number < least || number > most)
            throw Fault(key, $"is {value.GetRawText()[..Math.Min(40, value.GetRawText().Length)]}; {expected} is expected");
        return (int)number;
    }

    private CheckpointException Missing(string key, string expected) => Fault(key, $"is missing; {expected} is expected");

    private CheckpointException Mistyped(string key, JsonElement value, string expected)
        => Fault(key, $"is {Describe(value)}; {expected} is expected");

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the string {CheckpointException.Quote(value.GetString()!)}",
        JsonValueKind.Number => $"the number {value.GetRawText()[..Math.Min(40, value.GetRawText().Length)]}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => "null",
    };

    /// <summary>Decodes every name and string once, so that an escape of half a surrogate pair is found here and not at some later use.</summary>
    private static void RequireText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                RequireText(property.Value);
            }
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in element.EnumerateArray())
                RequireText(item);
        else if (element.ValueKind == JsonValueKind.String)
            _ = element.GetString();
    }
}
