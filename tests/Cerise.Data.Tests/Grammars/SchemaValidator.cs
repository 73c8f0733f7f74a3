using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Cerise.Data.Tests.Grammars;

/// <summary>Whether a value is valid by a JSON schema (2020-12), as far as the grammars know it: written from the specification, apart from them.</summary>
internal sealed class SchemaValidator(JsonNode root)
{
    public bool IsValid(JsonNode? value) => IsValid(value, root);

    private bool IsValid(JsonNode? value, JsonNode? schema)
    {
        if (schema is not JsonObject keywords)
            return schema!.GetValue<bool>();
        foreach ((string key, JsonNode? argument) in keywords)
            if (!Holds(value, key, argument, keywords))
                return false;
        return true;
    }

    private bool Holds(JsonNode? value, string key, JsonNode? argument, JsonObject keywords)
    {
        double? number = value?.GetValueKind() == JsonValueKind.Number ? Number(value) : null;
        string? text = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;
        switch (key)
        {
            case "type":
                return (argument is JsonArray types ? types.Select(type => type!.GetValue<string>()) : [argument!.GetValue<string>()]).Any(type => IsOf(value, type, number));
            case "enum":
                return argument!.AsArray().Any(one => JsonNode.DeepEquals(one, value));
            case "const":
                return JsonNode.DeepEquals(argument, value);
            case "anyOf":
                return argument!.AsArray().Any(one => IsValid(value, one));
            case "oneOf":
                return argument!.AsArray().Count(one => IsValid(value, one)) == 1;
            case "allOf":
                return argument!.AsArray().All(one => IsValid(value, one));
            case "$ref":
                JsonNode? target = root;
                foreach (string part in argument!.GetValue<string>().Split('/').Skip(1))
                    target = target![part];
                return IsValid(value, target);
            case "properties" when value is JsonObject members:
                return argument!.AsObject().All(property => !members.TryGetPropertyValue(property.Key, out JsonNode? member) || IsValid(member, property.Value));
            case "required" when value is JsonObject members:
                return argument!.AsArray().All(name => members.ContainsKey(name!.GetValue<string>()));
            case "additionalProperties" when value is JsonObject members:
                return members.All(member => keywords["properties"]?.AsObject().ContainsKey(member.Key) == true || IsValid(member.Value, argument));
            case "minProperties" when value is JsonObject members:
                return members.Count >= argument!.GetValue<int>();
            case "maxProperties" when value is JsonObject members:
                return members.Count <= argument!.GetValue<int>();
            case "prefixItems" when value is JsonArray items:
                return items.Zip(argument!.AsArray()).All(pair => IsValid(pair.First, pair.Second));
            case "items" when value is JsonArray items:
                return items.Skip(keywords["prefixItems"]?.AsArray().Count ?? 0).All(item => IsValid(item, argument));
            case "minItems" when value is JsonArray items:
                return items.Count >= argument!.GetValue<int>();
            case "maxItems" when value is JsonArray items:
                return items.Count <= argument!.GetValue<int>();
            case "minLength" when text is not null:
                return text.EnumerateRunes().Count() >= argument!.GetValue<int>();
            case "maxLength" when text is not null:
                return text.EnumerateRunes().Count() <= argument!.GetValue<int>();
            case "pattern" when text is not null:
                return Regex.IsMatch(text, argument!.GetValue<string>(), RegexOptions.ECMAScript);
            case "minimum" when number is not null:
                return number >= Number(argument);
            case "maximum" when number is not null:
                return number <= Number(argument);
            case "exclusiveMinimum" when number is not null:
                return number > Number(argument);
            case "exclusiveMaximum" when number is not null:
                return number < Number(argument);
            case "multipleOf" when number is not null:
                return decimal.Parse(value!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture)
                    % decimal.Parse(argument!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture) == 0;
            default:
                return true;
        }
    }

    private static bool IsOf(JsonNode? value, string type, double? number) => (value?.GetValueKind() ?? JsonValueKind.Null) switch
    {
        JsonValueKind.Null => type == "null",
        JsonValueKind.Object => type == "object",
        JsonValueKind.Array => type == "array",
        JsonValueKind.String => type == "string",
        JsonValueKind.Number => type == "number" || (type == "integer" && number == Math.Truncate(number!.Value)),
        _ => type == "boolean",
    };

    private static double Number(JsonNode? node) => double.Parse(node!.ToJsonString(), NumberStyles.Float, CultureInfo.InvariantCulture);
}
