using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Wire;

/// <summary>Typed access to the fields of a JSON object; remembers which were asked for, so that the rest can be refused by name.</summary>
/// <param name="fields">The object.</param>
/// <param name="path">Where it stands in the request, for messages; empty for the whole.</param>
internal sealed class RequestFields(JsonObject fields, string path = "")
{
    private readonly HashSet<string> _known = [];

    /// <summary>The name of a field as messages say it.</summary>
    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    /// <summary>The value of a field; null where it is absent or null, which mean the same.</summary>
    public JsonNode? Node(string name)
    {
        _known.Add(name);
        return fields[name];
    }

    /// <summary>A text.</summary>
    public string? Text(string name) => Node(name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() == JsonValueKind.String => value.GetValue<string>(),
        JsonNode other => throw Wrong(name, "a string", other),
    };

    /// <summary>A text that must be there.</summary>
    public string RequiredText(string name) => Text(name) ?? throw Missing(name);

    /// <summary>Yes or no.</summary>
    public bool? Switch(string name) => Node(name) switch
    {
        null => null,
        JsonValue value when value.GetValueKind() is JsonValueKind.True or JsonValueKind.False => value.GetValue<bool>(),
        JsonNode other => throw Wrong(name, "a boolean", other),
    };

    /// <summary>A whole number within limits, both included.</summary>
    public long? Integer(string name, long least, long most)
    {
        if (Node(name) is not { } node)
            return null;
        if (!TryWhole(node, out long number))
            throw Wrong(name, FormattableString.Invariant($"an integer in [{least}, {most}]"), node);
        return number >= least && number <= most
            ? number
            : throw RequestException.Invalid(PathOf(name), $"{PathOf(name)} is {number}; use an integer in [{least}, {most}].");
    }

    /// <summary>A number within limits, both included.</summary>
    public float? Number(string name, float least, float most)
    {
        if (Node(name) is not { } node)
            return null;
        if (!TryNumber(node, out double number))
            throw Wrong(name, FormattableString.Invariant($"a number in [{least}, {most}]"), node);
        return number >= least && number <= most
            ? (float)number
            : throw RequestException.Invalid(PathOf(name), FormattableString.Invariant($"{PathOf(name)} is {number}; use a number in [{least}, {most}]."));
    }

    /// <summary>An object.</summary>
    public RequestFields? Object(string name) => ObjectNode(name) is { } node ? new RequestFields(node, PathOf(name)) : null;

    /// <summary>An object as it was written.</summary>
    public JsonObject? ObjectNode(string name) => Node(name) switch
    {
        null => null,
        JsonObject node => node,
        JsonNode other => throw Wrong(name, "an object", other),
    };

    /// <summary>A list.</summary>
    public JsonArray? List(string name) => Node(name) switch
    {
        null => null,
        JsonArray node => node,
        JsonNode other => throw Wrong(name, "an array", other),
    };

    /// <summary>The objects of a list; null where there is none.</summary>
    public IReadOnlyList<RequestFields>? Objects(string name)
    {
        if (List(name) is not { } list)
            return null;
        return [.. list.Select((item, index) => item is JsonObject node
            ? new RequestFields(node, $"{PathOf(name)}[{index}]")
            : throw Wrong($"{name}[{index}]", "an object", item))];
    }

    /// <summary>Refuses every field with a value that was neither asked for nor is known to be harmless.</summary>
    /// <param name="harmless">Fields that may be passed over without changing the answer's meaning.</param>
    public void RefuseOthers(IReadOnlySet<string> harmless)
    {
        foreach ((string name, JsonNode? value) in fields)
            if (value is not null && !_known.Contains(name) && !harmless.Contains(name))
                throw RequestException.Invalid(PathOf(name), $"unrecognized request argument: {PathOf(name)} is not supported by this server. Leave it out.", "unsupported_parameter");
    }

    /// <summary>The fault of a field that is not of its type.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "the path is this object's")]
    public RequestException Wrong(string name, string expected, JsonNode? value) =>
        RequestException.Invalid(PathOf(name), $"{PathOf(name)} is {Kind(value)}; use {expected}.", "invalid_type");

    /// <summary>The fault of a field that is not there.</summary>
    public RequestException Missing(string name) =>
        RequestException.Invalid(PathOf(name), $"{PathOf(name)} is missing.", "missing_required_parameter");

    /// <summary>Reads a whole number, also one written as 3.0.</summary>
    public static bool TryWhole(JsonNode? node, out long number)
    {
        number = 0;
        if (!TryNumber(node, out double value) || value != Math.Floor(value) || Math.Abs(value) > 1L << 62)
            return false;
        number = node!.AsValue().TryGetValue(out long whole) ? whole : (long)value;
        return true;
    }

    /// <summary>Reads a finite number.</summary>
    public static bool TryNumber(JsonNode? node, out double number)
    {
        number = 0;
        if (node is not JsonValue value || value.GetValueKind() != JsonValueKind.Number)
            return false;
        number = value.TryGetValue(out long whole) ? whole : value.TryGetValue(out double real) ? real : double.NaN;
        return double.IsFinite(number);
    }

    private static string NumberKind(JsonNode number) =>
        !TryNumber(number, out double value) || Math.Abs(value) >= 1L << 62 ? "a number too large" : value != Math.Floor(value) ? "a number with a fraction" : "a number";

    private static string Kind(JsonNode? value) => value?.GetValueKind() switch
    {
        null or JsonValueKind.Null => "null",
        JsonValueKind.String => "a string",
        JsonValueKind.Number => NumberKind(value),
        JsonValueKind.True or JsonValueKind.False => "a boolean",
        JsonValueKind.Array => "an array",
        _ => "an object",
    };
}
