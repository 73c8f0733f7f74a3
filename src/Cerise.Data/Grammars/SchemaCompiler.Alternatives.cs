using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>Alternatives: anyOf, and oneOf where no value fits two of them.</summary>
internal sealed partial class SchemaCompiler
{
    // Pairs of schemas looked at; what is left after that counts as overlapping.
    private const int MostComparisons = 200_000;

    private const int ComparedDepth = 12;

    private static readonly string[] AllTypes = ["object", "array", "string", "number", "boolean", "null"];

    private int _comparisons;

    private int AnyOf(int from, SchemaReader schema, string key, JsonArray alternatives)
    {
        if (alternatives.Count == 0)
            throw schema.Fault(key, "is empty");
        JsonNode?[] whole = [.. Merged(schema, key, alternatives)];
        if (key == "oneOf")
            RequireExclusive(schema, whole);
        return _builder.Choice(from, whole.Select((alternative, i) => (Func<int, int>)(at => Value(at, alternative, $"{schema.Path}/{key}/{i}"))));
    }

    // The alternatives, each with what stands beside them.
    private IEnumerable<JsonNode?> Merged(SchemaReader schema, string key, JsonArray alternatives)
    {
        JsonObject rest = (JsonObject)_merge.Copy(schema.Schema, schema.Path)!;
        rest.Remove(key);
        bool isAlone = rest.All(member => Annotations.Contains(member.Key));
        return alternatives.Select((alternative, i) =>
            isAlone || alternative?.GetValueKind() is JsonValueKind.False ? alternative
            : alternative?.GetValueKind() is JsonValueKind.True ? rest
            : _merge.Both(rest, Resolved(alternative, $"{schema.Path}/{key}/{i}"), $"{schema.Path}/{key}/{i}"));
    }

    // A value that fits two schemas of oneOf is not valid, and rules cannot take from one what another has. So it must be plain that none does.
    private void RequireExclusive(SchemaReader schema, JsonNode?[] alternatives)
    {
        for (int i = 0; i < alternatives.Length; i++)
            for (int j = 0; j < alternatives.Length; j++)
                if (i != j && !NeverFits(alternatives[i], alternatives[j], schema.Path, 0))
                    throw schema.Fault("oneOf", $"cannot be kept to: what {i} allows may fit {j} too; let their types or a required property's const tell them apart, or use anyOf");
    }

    /// <summary>Whether it is plain that no value made by one schema fits another.</summary>
    private bool NeverFits(JsonNode? made, JsonNode? asked, string path, int depth)
    {
        if (++_comparisons > MostComparisons || depth > ComparedDepth)
            return false;
        made = Plainer(made, path);
        asked = Plainer(asked, path);
        if (made?.GetValueKind() == JsonValueKind.False || asked?.GetValueKind() == JsonValueKind.False)
            return true;
        if (made is not JsonObject mine || asked is not JsonObject theirs)
            return false;
        (SchemaReader maker, SchemaReader asker) = (new SchemaReader(mine, path), new SchemaReader(theirs, path));
        if (AlternativesOf(maker) is { } making)
            return making.All(one => NeverFits(one, asked, path, depth + 1));
        if (AlternativesOf(asker) is { } asking)
            return asking.All(one => NeverFits(made, one, path, depth + 1));
        return (LiteralsOf(maker), LiteralsOf(asker)) switch
        {
            ({ } ours, { } others) => !Share(ours, others),
            ({ } ours, null) => !ours.Any(value => AskedTypes(asker).Any(type => IsOf(value, type))),
            (null, { } others) => !others.Any(value => AskedTypes(maker).Any(type => IsOf(value, type))),
            _ => MadeTypes(maker).All(type => AskedTypes(asker).All(other => !Overlap(type, other) || NeverFitsAs(type, maker, asker, path, depth))),
        };
    }

    // References followed and allOf merged.
    private JsonNode? Plainer(JsonNode? schema, string path)
    {
        for (int steps = 0; steps < ComparedDepth && schema is JsonObject members && (members.ContainsKey("$ref") || members.ContainsKey("allOf")); steps++)
        {
            SchemaReader reader = new(members, path);
            schema = reader.Has("allOf") ? AllOf(reader) : Target(reader.Text("$ref")!, path) is JsonObject ? Resolved(members, path) : Target(reader.Text("$ref")!, path);
        }
        return schema;
    }

    private IEnumerable<JsonNode?>? AlternativesOf(SchemaReader schema)
    {
        foreach (string key in (ReadOnlySpan<string>)["anyOf", "oneOf"])
            if (schema.List(key) is { } alternatives)
                return Merged(schema, key, alternatives);
        return null;
    }

    private static JsonArray? LiteralsOf(SchemaReader schema) =>
        schema.Has("const") ? new JsonArray(schema.Schema["const"]?.DeepClone()) : schema.Has("enum") ? schema.List("enum") : null;

    private bool Share(JsonArray ours, JsonArray others)
    {
        _comparisons = (int)Math.Min(int.MaxValue / 2, _comparisons + ((long)ours.Count * others.Count));
        return _comparisons > MostComparisons || ours.Any(value => others.Any(other => JsonNode.DeepEquals(value, other)));
    }

    private static string[] MadeTypes(SchemaReader schema) => Types(schema) is ["any"] ? AllTypes : Types(schema);

    // Keywords say nothing of values of other types, so without a type any fits.
    private static string[] AskedTypes(SchemaReader schema) => schema.Has("type") ? Types(schema) : AllTypes;

    private static bool Overlap(string type, string other) => type == other || (type is "integer" or "number" && other is "integer" or "number");

    private bool NeverFitsAs(string type, SchemaReader maker, SchemaReader asker, string path, int depth) => type switch
    {
        "object" => NeverFitsAsObject(maker, asker, path, depth),
        "integer" or "number" => Apart(Bounds(maker), Bounds(asker)),
        "string" => maker.Count("minLength") > asker.Count("maxLength") || maker.Count("maxLength") < asker.Count("minLength"),
        "array" => maker.Count("minItems") > asker.Count("maxItems") || maker.Count("maxItems") < asker.Count("minItems"),
        _ => false,
    };

    private static bool Apart((NumberBound? Low, NumberBound? High) one, (NumberBound? Low, NumberBound? High) other) => Below(one.High, other.Low) || Below(other.High, one.Low);

    private static bool Below(NumberBound? high, NumberBound? low) =>
        high is { } upper && low is { } lower && (upper.Value < lower.Value || (upper.Value == lower.Value && (upper.IsOpen || lower.IsOpen)));

    // One that is required and never made, or always made and never allowed.
    private bool NeverFitsAsObject(SchemaReader maker, SchemaReader asker, string path, int depth)
    {
        (JsonObject mine, JsonObject theirs) = (maker.Object("properties") ?? [], asker.Object("properties") ?? []);
        HashSet<string> made = [.. maker.Names("required")];
        bool isClosed = maker.Schema.TryGetPropertyValue("additionalProperties", out JsonNode? additional) ? additional?.GetValueKind() == JsonValueKind.False : mine.Count > 0;
        return asker.Names("required").Any(name => isClosed && !mine.ContainsKey(name) && !made.Contains(name))
            || made.Any(name => NeverFits(
                mine.TryGetPropertyValue(name, out JsonNode? own) ? own : additional ?? true,
                theirs.TryGetPropertyValue(name, out JsonNode? their) ? their : asker.Schema["additionalProperties"] ?? true, path, depth + 1));
    }
}
