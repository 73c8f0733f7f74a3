using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Data.Grammars;

/// <summary>Turns a JSON schema into rules. See <see cref="JsonSchemaGrammar"/> for what is understood.</summary>
internal sealed partial class SchemaCompiler
{
    // References and merges may nest schemas deeper than the document.
    private const int MostDepth = 128;

    private static readonly string[] Annotations =
    [
        "title", "description", "default", "examples", "example", "$comment", "$schema", "$id", "$defs", "definitions", "deprecated", "readOnly", "writeOnly",
        "contentEncoding", "contentMediaType", "contentSchema",
    ];

    private static readonly string[] ObjectKeys = ["properties", "required", "additionalProperties", "propertyNames", "minProperties", "maxProperties"];
    private static readonly string[] ArrayKeys = ["items", "prefixItems", "minItems", "maxItems"];
    private static readonly string[] StringKeys = ["minLength", "maxLength", "pattern", "format"];
    private static readonly string[] NumberKeys = ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];
    private static readonly string[] OtherKeys = ["type", "nullable", "enum", "const", "anyOf", "oneOf", "allOf", "$ref", "uniqueItems"];
    private static readonly HashSet<string> Known = [.. Annotations, .. ObjectKeys, .. ArrayKeys, .. StringKeys, .. NumberKeys, .. OtherKeys];

    private readonly AutomatonBuilder _builder;
    private readonly JsonSyntax _syntax;
    private readonly JsonNode? _root;
    private readonly SchemaMerge _merge = new();
    private readonly Dictionary<string, int> _references = new(StringComparer.Ordinal);
    private int _depth;

    /// <param name="builder">Where the rules go.</param>
    /// <param name="root">The schema.</param>
    public SchemaCompiler(AutomatonBuilder builder, JsonNode? root)
    {
        (_builder, _root) = (builder, root);
        _syntax = new JsonSyntax(builder);
    }

    /// <summary>The rule of the whole schema.</summary>
    /// <exception cref="GrammarException">It asks for what cannot be kept to.</exception>
    public int Root() => Reference("#", "#");

    private int Rule(JsonNode? schema, string path) => _builder.Rule(path, from => Value(from, schema, path));

    // A value by a schema. What can never be fulfilled leads to a node that nothing leads to.
    private int Value(int from, JsonNode? schema, string path)
    {
        _builder.Path = path;
        if (schema?.GetValueKind() == JsonValueKind.True)
            return _syntax.AnyValue(from);
        if (schema?.GetValueKind() == JsonValueKind.False)
            return _builder.Node();
        if (schema is not JsonObject members)
            throw new GrammarException(path, "a schema is an object, true or false");
        if (++_depth > MostDepth)
            throw new GrammarException(path, $"schemas within schemas go deeper than {MostDepth}; does a merged reference lead back to itself?");
        int to = Members(from, members, path);
        _depth--;
        return to;
    }

    private int Members(int from, JsonObject members, string path)
    {
        foreach ((string key, _) in members)
            if (!Known.Contains(key) && !key.StartsWith("x-", StringComparison.Ordinal))
                throw new GrammarException(SchemaReader.Member(path, key), "this keyword is not known here and cannot be kept to; leave it out");
        SchemaReader schema = new(members, path);
        if (schema.Has("allOf"))
            return Value(from, AllOf(schema), path);
        if (schema.Text("$ref") is { } reference)
            return Referred(from, schema, reference);
        foreach (string key in (ReadOnlySpan<string>)["anyOf", "oneOf"])
            if (schema.List(key) is { } alternatives)
                return AnyOf(from, schema, key, alternatives);
        if (schema.Has("const") || schema.Has("enum"))
            return Literals(from, schema);
        string[] types = Types(schema);
        return types is [string only] ? Typed(from, schema, only) : _builder.Choice(from, types.Select(type => (Func<int, int>)(at => Typed(at, schema, type))));
    }

    private int Typed(int from, SchemaReader schema, string type) => type switch
    {
        "object" => Object(from, schema),
        "array" => Array(from, schema),
        "string" => String(from, schema),
        "number" => Number(from, schema),
        "integer" => Integer(from, schema),
        "boolean" => _builder.Choice(from, at => _builder.Text(at, "true"), at => _builder.Text(at, "false")),
        "null" => _builder.Text(from, "null"),
        "any" => _syntax.AnyValue(from),
        _ => throw schema.Fault("type", $"'{type}' is not a type; use object, array, string, number, integer, boolean or null"),
    };

    // Without a type the keywords name it: those of another type would say nothing about the value.
    private static string[] Types(SchemaReader schema)
    {
        List<string> types = [];
        if (schema.Schema.TryGetPropertyValue("type", out JsonNode? type))
            types.AddRange(type is JsonArray ? schema.Names("type") : [schema.Text("type")!]);
        else
        {
            if (schema.HasAny(ObjectKeys))
                types.Add("object");
            if (schema.HasAny(ArrayKeys))
                types.Add("array");
            if (schema.HasAny(StringKeys))
                types.Add("string");
            if (schema.HasAny(NumberKeys))
                types.Add("number");
        }
        if (types.Count == 0 && !schema.Has("type"))
            return ["any"];
        if (schema.Flag("nullable") == true && !types.Contains("null"))
            types.Add("null");
        if (types.Contains("number"))
            types.Remove("integer");
        return [.. types.Distinct()];
    }

    private JsonNode AllOf(SchemaReader schema)
    {
        JsonObject merged = (JsonObject)_merge.Copy(schema.Schema, schema.Path)!;
        merged.Remove("allOf");
        foreach (JsonNode? member in schema.List("allOf")!)
        {
            if (member?.GetValueKind() == JsonValueKind.False)
                return JsonValue.Create(false);
            if (member?.GetValueKind() == JsonValueKind.True)
                continue;
            merged = _merge.Both(merged, Resolved(member, schema.Path), schema.Path);
        }
        return merged;
    }

    private int Referred(int from, SchemaReader schema, string reference)
    {
        if (schema.Schema.All(member => member.Key == "$ref" || Annotations.Contains(member.Key)))
            return _builder.Call(from, Reference(reference, schema.Path));
        JsonObject rest = (JsonObject)_merge.Copy(schema.Schema, schema.Path)!;
        rest.Remove("$ref");
        return Value(from, _merge.Both(rest, Resolved(new JsonObject { ["$ref"] = reference }, schema.Path), schema.Path), schema.Path);
    }

    // A schema object whose reference, if that is all it is, has been followed.
    private JsonObject Resolved(JsonNode? schema, string path)
    {
        for (int steps = 0; steps <= MostDepth; steps++)
        {
            if (schema is not JsonObject members)
                throw new GrammarException(path, "what is merged by allOf or beside $ref has to be an object");
            SchemaReader reader = new(members, path);
            if (reader.Text("$ref") is not { } reference)
                return members;
            JsonNode? target = Target(reference, path);
            JsonObject rest = (JsonObject)_merge.Copy(members, path)!;
            rest.Remove("$ref");
            schema = rest.Count == 0 ? target
                : _merge.Both(rest, target as JsonObject ?? throw new GrammarException(path, "what is merged by allOf or beside $ref has to be an object"), path);
        }
        throw new GrammarException(path, "references lead back to themselves");
    }

    private int Reference(string reference, string path)
    {
        if (_references.TryGetValue(reference, out int rule))
            return rule;
        JsonNode? target = Target(reference, path);
        rule = _builder.Declare(reference);
        _references.Add(reference, rule);
        int depth = _depth++;
        if (depth > MostDepth)
            throw new GrammarException(path, $"references go deeper than {MostDepth}");
        _builder.Define(rule, from => Value(from, target, reference));
        _depth = depth;
        return rule;
    }

    // What a pointer within the schema (RFC 6901) leads to.
    private JsonNode? Target(string reference, string path)
    {
        if (reference != "#" && !reference.StartsWith("#/", StringComparison.Ordinal))
            throw new GrammarException($"{path}/$ref", $"'{reference}' leads out of the schema; put what it refers to under $defs");
        JsonNode? node = _root;
        foreach (string part in reference.Split('/').Skip(1))
        {
            string name = Uri.UnescapeDataString(part).Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            bool found = node switch
            {
                JsonObject members => members.TryGetPropertyValue(name, out node),
                JsonArray items when int.TryParse(name, out int index) && index >= 0 && index < items.Count => Item(items, index, out node),
                _ => false,
            };
            if (!found)
                throw new GrammarException($"{path}/$ref", $"'{reference}' leads nowhere in the schema");
        }
        return node;
    }

    private static bool Item(JsonArray items, int index, out JsonNode? item)
    {
        item = items[index];
        return true;
    }
}
