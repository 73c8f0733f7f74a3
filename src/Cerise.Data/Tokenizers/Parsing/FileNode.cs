using System.Text.Json;

namespace Cerise.Data.Tokenizers.Parsing;

/// <summary>A value of a tokenizer's JSON file that knows its file and its place there, so that every complaint names both.</summary>
internal readonly struct FileNode
{
    private readonly JsonElement _element;
    private readonly string _file;
    private readonly string _path;

    private FileNode(JsonElement element, string file, string path) => (_element, _file, _path) = (element, file, path);

    public bool IsNull => _element.ValueKind is JsonValueKind.Null or JsonValueKind.Undefined;

    public bool IsString => _element.ValueKind == JsonValueKind.String;

    public bool IsObject => _element.ValueKind == JsonValueKind.Object;

    public bool IsArray => _element.ValueKind == JsonValueKind.Array;

    /// <summary>Items of an array, 0 for anything else.</summary>
    public int Count => IsArray ? _element.GetArrayLength() : 0;

    /// <summary>Parses a file that must hold one JSON object. The document lives as long as its nodes are in use.</summary>
    public static FileNode Parse(ReadOnlyMemory<byte> json, string file)
    {
        if (json.Span.StartsWith("\uFEFF"u8))
            json = json[3..];
        try
        {
            JsonDocument document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
                throw new TokenizerException(file, $"a JSON object is expected, this is {Kind(document.RootElement.ValueKind)}");
            return new FileNode(document.RootElement, file, "");
        }
        catch (JsonException e)
        {
            throw new TokenizerException(file, $"not valid JSON (truncated or damaged?): {MessageText.Reason(e)}", e);
        }
    }

    /// <summary>The value of a key; a null node where it is missing.</summary>
    public FileNode this[string name]
    {
        get
        {
            if (!IsObject)
                throw Fail($"an object is expected, this is {Kind(_element.ValueKind)}");
            return new FileNode(_element.TryGetProperty(name, out JsonElement value) ? value : default, _file, _path.Length == 0 ? name : $"{_path}.{name}");
        }
    }

    /// <summary>The items of an array.</summary>
    public IEnumerable<FileNode> Items()
    {
        if (!IsArray)
            throw Fail($"an array is expected, this is {Kind(_element.ValueKind)}");
        int index = 0;
        foreach (JsonElement item in _element.EnumerateArray())
            yield return new FileNode(item, _file, $"{_path}[{index++}]");
    }

    /// <summary>The keys and values of an object.</summary>
    public IEnumerable<(string Name, FileNode Value)> Members()
    {
        if (!IsObject)
            throw Fail($"an object is expected, this is {Kind(_element.ValueKind)}");
        foreach (JsonProperty member in _element.EnumerateObject())
            yield return (Name(member), new FileNode(member.Value, _file, _path));
    }

    public string String()
    {
        if (!IsString)
            throw Fail($"a string is expected, this is {Kind(_element.ValueKind)}");
        try
        {
            return _element.GetString()!;
        }
        catch (InvalidOperationException e)                                 // ill-formed UTF-8 or half a surrogate pair
        {
            throw Fail("the string is not well-formed Unicode", e);
        }
    }

    /// <summary>The string, or <paramref name="missing"/> for null and missing values.</summary>
    public string? StringOr(string? missing) => IsNull ? missing : String();

    public bool BooleanOr(bool missing) => _element.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null or JsonValueKind.Undefined => missing,
        _ => throw Fail($"true or false is expected, this is {Kind(_element.ValueKind)}"),
    };

    /// <summary>A whole number from 0 to <paramref name="highest"/>.</summary>
    public int Count32(int highest)
    {
        if (_element.ValueKind != JsonValueKind.Number || !_element.TryGetInt32(out int value) || value < 0 || value > highest)
            throw Fail($"a whole number from 0 to {highest} is expected, this is {(_element.ValueKind == JsonValueKind.Number ? Shorten(_element.GetRawText()) : Kind(_element.ValueKind))}");
        return value;
    }

    public double NumberOr(double missing) => IsNull ? missing : Number();

    /// <summary>A finite number.</summary>
    public double Number() =>
        _element.ValueKind == JsonValueKind.Number && double.IsFinite(_element.GetDouble()) ? _element.GetDouble()
        : throw Fail($"a number is expected, this is {(_element.ValueKind == JsonValueKind.Number ? Shorten(_element.GetRawText()) : Kind(_element.ValueKind))}");

    /// <summary>Refuses keys other than these unless they are null: a setting that nobody reads might change the ids.</summary>
    public void AllowOnly(params ReadOnlySpan<string> known)
    {
        if (!IsObject)
            throw Fail($"an object is expected, this is {Kind(_element.ValueKind)}");
        foreach (JsonProperty member in _element.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null && !known.Contains(Name(member)))
                throw Fail($"the setting '{Shorten(Name(member))}' is not known here; known: {string.Join(", ", known!)}");
    }

    /// <summary>The exception for a fault at this place.</summary>
    public TokenizerException Fail(string message, Exception? inner = null) => new(_file, _path.Length == 0 ? message : $"{_path}: {message}", inner);

    /// <summary>The exception for a "type" that is not among the known ones.</summary>
    public TokenizerException UnknownType(string what, params ReadOnlySpan<string> known) =>
        Fail($"{what} type '{Shorten(this["type"].StringOr("(missing)")!)}' is not known here; known: {string.Join(", ", known!)}");

    /// <summary>A text cut to what fits in a message.</summary>
    public static string Shorten(string text) => text.Length <= 60 ? text : $"{text.AsSpan(0, 57)}...";

    private string Name(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException e)
        {
            throw Fail("a key is not well-formed Unicode", e);
        }
    }

    private static string Kind(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Undefined => "missing",
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a boolean",
    };
}
