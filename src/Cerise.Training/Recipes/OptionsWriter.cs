using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Cerise.Training.Recipes;

/// <summary>Turns options records back into recipe nodes, every default written out: the inverse of <see cref="OptionsReader"/>.</summary>
internal static class OptionsWriter
{
    private static readonly RecipeLocation Nowhere = new("resolved");

    /// <summary>The map that binds to an equal record.</summary>
    public static RecipeMap ToMap(object record) => new(Nowhere,
        [.. OptionsSchema.Of(record.GetType()).Properties.Select(property => Entry(property.Name, ToNode(property.Property.GetValue(record))))]);

    /// <summary>The node that reads as an equal value.</summary>
    public static RecipeNode ToNode(object? value) => value switch
    {
        null => new RecipeScalar(Nowhere, "null", isPlain: true),
        string text => Text(text),
        bool or int or long or float or double or Enum => new RecipeScalar(Nowhere, Plain(value), isPlain: true),
        JsonElement json => FromJson(json),
        IDictionary map => new RecipeMap(Nowhere, [.. map.Keys.Cast<string>().Select(key => Entry(key, ToNode(map[key])))]),
        IEnumerable list => new RecipeList(Nowhere, [.. list.Cast<object?>().Select(ToNode)]),
        _ => ToMap(value),
    };

    /// <summary>Text, with the characters of a reference kept from being read as one.</summary>
    public static RecipeScalar Text(string text) => new(Nowhere, text.Replace("${", "$${", StringComparison.Ordinal), isPlain: false);

    /// <summary>A number, truth value or enum member as a recipe writes it; numbers are the shortest that read back the same.</summary>
    public static string Plain(object value) => value switch
    {
        bool flag => flag ? "true" : "false",
        Enum member => SnakeCase.From(member.ToString()),
        double number when double.IsInfinity(number) => number > 0 ? ".inf" : "-.inf",
        float number when float.IsInfinity(number) => number > 0 ? ".inf" : "-.inf",
        double number => Exponent(number.ToString("R", CultureInfo.InvariantCulture)),
        float number => Exponent(number.ToString("R", CultureInfo.InvariantCulture)),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };

    // 1E-06 as people write it: 1e-6.
    private static string Exponent(string number)
    {
        int at = number.IndexOf('E', StringComparison.Ordinal);
        if (at < 0)
            return number;
        char sign = number[at + 1];
        string digits = number[(at + 2)..].TrimStart('0');
        return $"{number[..at]}e{(sign == '-' ? "-" : "+")}{digits}";
    }

    private static RecipeNode FromJson(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Object => new RecipeMap(Nowhere, [.. json.EnumerateObject().Select(member => Entry(member.Name, FromJson(member.Value)))]),
        JsonValueKind.Array => new RecipeList(Nowhere, [.. json.EnumerateArray().Select(FromJson)]),
        JsonValueKind.String => Text(json.GetString()!),
        JsonValueKind.Null or JsonValueKind.Undefined => new RecipeScalar(Nowhere, "null", isPlain: true),
        _ => new RecipeScalar(Nowhere, json.GetRawText(), isPlain: true),
    };

    private static RecipeEntry Entry(string key, RecipeNode value) => new(key, Nowhere, value);
}
