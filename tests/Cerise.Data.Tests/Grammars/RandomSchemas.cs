using System.Text.Json.Nodes;

namespace Cerise.Data.Tests.Grammars;

/// <summary>Random schemas of everything the grammars know.</summary>
internal sealed class RandomSchemas(int seed)
{
    private readonly TinyRandom _random = new(seed);

    public JsonNode Next()
    {
        JsonNode schema = Schema(3);
        if (schema is JsonObject root && _random.Below(3) == 0)
        {
            root["$defs"] = new JsonObject { ["part"] = Schema(1) };
            return new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["whole"] = root, ["next"] = new JsonObject { ["$ref"] = "#" }, ["part"] = new JsonObject { ["$ref"] = "#/properties/whole/$defs/part" } },
                ["required"] = new JsonArray("part"),
            };
        }
        return schema;
    }

    private JsonNode Schema(int depth) => _random.Below(depth > 0 ? 12 : 6) switch
    {
        0 => Text(),
        1 => Integer(),
        2 => Number(),
        3 => new JsonObject { ["type"] = _random.Below(2) == 0 ? "boolean" : "null" },
        4 => new JsonObject { ["enum"] = new JsonArray("red", "green", 3, null, "a\"b", new JsonArray(1, 2)) },
        5 => _random.Below(3) == 0 ? JsonValue.Create(true) : new JsonObject { ["const"] = "fixed\n" },
        6 or 7 => Array(depth),
        8 => _random.Below(3) == 0
            ? new JsonObject { ["oneOf"] = new JsonArray(Kind("a", depth), Kind("b", depth), Schema(depth - 1)) }
            : new JsonObject { [_random.Below(2) == 0 ? "anyOf" : "oneOf"] = new JsonArray(Schema(depth - 1), Schema(depth - 1)) },
        9 => new JsonObject { ["type"] = new JsonArray("string", "integer", "array"), ["minimum"] = -3, ["minLength"] = 1, ["items"] = Schema(depth - 1) },
        _ => Object(depth),
    };

    private JsonObject Text() => _random.Below(4) switch
    {
        0 => new() { ["type"] = "string" },
        1 => new() { ["type"] = "string", ["minLength"] = _random.Below(3), ["maxLength"] = 3 + _random.Below(4) },
        2 => new() { ["type"] = "string", ["pattern"] = new[] { "^[a-c]+$", "^(a|bc)*d?$", "x{2,3}", "^\\d{3}-\\w+$", "^[^a-z\"]{1,4}$", "a.b$", "^\\s?\\\\" }[_random.Below(7)] },
        _ => new() { ["type"] = "string", ["format"] = new[] { "date", "time", "date-time", "uuid", "ipv4", "email", "hostname", "duration", "ipv6", "uri" }[_random.Below(10)] },
    };

    private JsonObject Integer()
    {
        JsonObject schema = new() { ["type"] = "integer" };
        int low = _random.Below(300) - 150;
        if (_random.Below(2) == 0)
            schema[_random.Below(2) == 0 ? "minimum" : "exclusiveMinimum"] = low;
        if (_random.Below(2) == 0)
            schema[_random.Below(2) == 0 ? "maximum" : "exclusiveMaximum"] = low + 2 + _random.Below(150);
        if (_random.Below(4) == 0)
            schema["multipleOf"] = 2 + _random.Below(20);
        return schema;
    }

    private JsonObject Number()
    {
        JsonObject schema = Integer();
        schema["type"] = "number";
        decimal scale = new[] { 1m, 0.1m, 0.05m, 0.001m }[_random.Below(4)];
        foreach (string key in (string[])["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
            if (schema[key] is { } bound)
                schema[key] = bound.GetValue<int>() * scale;
        if (_random.Below(3) == 0)
            schema["multipleOf"] = new[] { 0.5m, 0.01m, 1.25m, 3m }[_random.Below(4)];
        return schema;
    }

    private JsonObject Kind(string kind, int depth) => new()
    {
        ["type"] = "object",
        ["properties"] = new JsonObject { ["kind"] = new JsonObject { ["const"] = kind }, ["value"] = Schema(depth - 1) },
        ["required"] = new JsonArray("kind"),
    };

    private JsonObject Array(int depth)
    {
        JsonObject schema = new() { ["type"] = "array" };
        if (_random.Below(3) > 0)
            schema["items"] = Schema(depth - 1);
        if (_random.Below(4) == 0)
            schema["prefixItems"] = new JsonArray(Schema(depth - 1), Schema(depth - 1));
        int least = _random.Below(3);
        if (_random.Below(2) == 0 && (schema.ContainsKey("items") || !schema.ContainsKey("prefixItems")))
            schema["minItems"] = least;
        if (_random.Below(2) == 0)
            schema["maxItems"] = least + _random.Below(3);
        return schema;
    }

    private JsonObject Object(int depth)
    {
        JsonObject properties = [];
        JsonArray required = [];
        foreach (string name in (string[])["a", "ab", "é\"", "name", "b c"])
        {
            if (_random.Below(2) == 0)
                continue;
            properties[name] = Schema(depth - 1);
            if (_random.Below(2) == 0)
                required.Add(name);
        }
        JsonObject schema = new() { ["type"] = "object", ["description"] = "any", ["properties"] = properties, ["required"] = required };
        switch (_random.Below(4))
        {
            case 0:
                schema["additionalProperties"] = Schema(depth - 1);
                break;
            case 1:
                schema["additionalProperties"] = false;
                break;
            case 2:
                schema["allOf"] = new JsonArray(new JsonObject { ["properties"] = new JsonObject { ["more"] = Schema(depth - 1) }, ["required"] = new JsonArray("more") });
                break;
            default:
                break;
        }
        return schema;
    }
}
