using System.Collections;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Training.Recipes;

/// <summary>Turns recipe nodes into values of a type, collecting faults. One reader serves one map.</summary>
internal sealed class OptionsReader(string title, RecipeFaults faults)
{
    // What a value at fault reads as: the property then keeps its default.
    private static readonly object Refused = new();

    /// <summary>A record from a map.</summary>
    /// <param name="type">The record's type.</param>
    /// <param name="map">The settings.</param>
    /// <param name="defaults">The record whose values hold for keys not given; null for a new one's.</param>
    /// <param name="path">Keys that led here, for messages; empty at the top.</param>
    public object Record(Type type, RecipeMap map, object? defaults, string path)
    {
        int before = faults.All.Count;
        object record = OptionsSchema.Create(type);
        IReadOnlyList<OptionProperty> properties = OptionsSchema.Of(type).Properties;
        foreach (RecipeEntry entry in map.Entries)
        {
            if (!properties.Any(property => property.Name == entry.Key))
                Fault(entry.KeyLocation, path, NearestName.Explain("key", entry.Key, [.. properties.Select(property => property.Name)]));
        }
        foreach (OptionProperty property in properties)
        {
            object? current = property.Property.GetValue(defaults ?? record);
            if (map.Find(property.Name) is { } entry)
            {
                object? value = Value(property.Property.PropertyType, property.IsNullable, entry.Value, current, Join(path, property.Name));
                if (!ReferenceEquals(value, Refused))
                    property.Property.SetValue(record, value);
            }
            else if (property.IsRequired)
            {
                Fault(map.Location, path, $"'{property.Name}' is missing ({OptionsSchema.Describe(property.Property.PropertyType)})");
            }
            else if (defaults is not null)
            {
                property.Property.SetValue(record, current);
            }
        }
        if (faults.All.Count == before && record is IOptions options)
        {
            foreach (string fault in options.Faults())
                Fault(map.Location, path, fault);
        }
        return record;
    }

    private object? Value(Type type, bool nullable, RecipeNode node, object? current, string path)
    {
        Type inner = Nullable.GetUnderlyingType(type) ?? type;
        if (node is RecipeScalar { IsNull: true } && inner != typeof(JsonElement))
            return nullable || inner != type ? null : Refuse(node, path, "is empty", inner, current);
        if (inner == typeof(JsonElement))
            return Json(node, path) is var json && ReferenceEquals(json, Refused) ? Refused : JsonSerializer.SerializeToElement(json as JsonNode);
        if (OptionsSchema.DictionaryValue(inner) is { } valueType)
            return node is RecipeMap map ? Dictionary(inner, valueType, map, path) : Refuse(node, path, Shown(node), inner, null);
        if (OptionsSchema.ElementType(inner) is { } element)
            return node is RecipeList list ? List(inner, element, list, path) : Refuse(node, path, Shown(node), inner, null);
        if (OptionsSchema.IsRecord(inner))
            return node is RecipeMap nested ? Record(inner, nested, current, path) : Refuse(node, path, Shown(node), inner, null);
        return (node as RecipeScalar is { } scalar ? Scalar(inner, scalar) : null) ?? Refuse(node, path, Shown(node), inner, current);
    }

    private static object? Scalar(Type type, RecipeScalar scalar)
    {
        if (type == typeof(string))
            return scalar.Text;
        if (type == typeof(bool))
            return scalar.TryBool(out bool flag) ? flag : null;
        if (type == typeof(long))
            return scalar.TryInteger(out long whole) ? whole : null;
        if (type == typeof(int))
            return scalar.TryInteger(out long number) && number is >= int.MinValue and <= int.MaxValue ? (int)number : null;
        if (type == typeof(float))
            return scalar.TrySingle(out float single) ? single : null;
        if (type == typeof(double))
            return scalar.TryNumber(out double value) ? value : null;
        if (type.IsEnum)
            return Enum.GetNames(type).FirstOrDefault(name => SnakeCase.From(name) == scalar.Text) is { } member ? Enum.Parse(type, member) : null;
        throw new ArgumentException($"{type} is no type a setting can have");
    }

    private object List(Type type, Type element, RecipeList list, string path)
    {
        var items = Array.CreateInstance(element, list.Items.Count);
        bool refused = false;
        for (int i = 0; i < list.Items.Count; i++)
        {
            object? item = Value(element, nullable: false, list.Items[i], null, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"));
            if (ReferenceEquals(item, Refused))
                refused = true;
            else
                items.SetValue(item, i);
        }
        if (refused)
            return Refused;
        return type.IsArray || type.IsInterface ? items : Activator.CreateInstance(type, items)!;
    }

    private object Dictionary(Type type, Type valueType, RecipeMap map, string path)
    {
        // An interface is given the dictionary that keeps the recipe's order.
        Type open = type.IsInterface ? typeof(OrderedDictionary<,>) : typeof(Dictionary<,>);
        var dictionary = (IDictionary)Activator.CreateInstance(open.MakeGenericType(typeof(string), valueType))!;
        bool refused = false;
        foreach (RecipeEntry entry in map.Entries)
        {
            object? value = Value(valueType, nullable: false, entry.Value, null, Join(path, entry.Key));
            if (ReferenceEquals(value, Refused))
                refused = true;
            else
                dictionary.Add(entry.Key, value);
        }
        return refused ? Refused : dictionary;
    }

    private object? Json(RecipeNode node, string path)
    {
        switch (node)
        {
            case RecipeMap map:
                var members = new JsonObject();
                foreach (RecipeEntry entry in map.Entries)
                {
                    object? value = Json(entry.Value, Join(path, entry.Key));
                    if (ReferenceEquals(value, Refused))
                        return Refused;
                    members.Add(entry.Key, value as JsonNode);
                }
                return members;
            case RecipeList list:
                var items = new JsonArray();
                foreach (RecipeNode item in list.Items)
                {
                    object? value = Json(item, path);
                    if (ReferenceEquals(value, Refused))
                        return Refused;
                    items.Add(value as JsonNode);
                }
                return items;
            case RecipeScalar { IsNull: true }:
                return null;
            case RecipeScalar scalar when scalar.TryBool(out bool flag):
                return JsonValue.Create(flag);
            case RecipeScalar scalar when scalar.TryInteger(out long whole):
                return JsonValue.Create(whole);
            case RecipeScalar scalar when scalar.TryNumber(out double number) && double.IsFinite(number):
                return JsonValue.Create(number);
            case RecipeScalar { IsText: true } scalar:
                return JsonValue.Create(scalar.Text);
            default:
                return Refuse(node, path, Shown(node), typeof(double), null);
        }
    }

    private object Refuse(RecipeNode node, string path, string found, Type type, object? current)
    {
        string expected = type.IsEnum ? NearestEnum(type, node) : Expected(type);
        string example = current is null || type.IsEnum || current is string or IEnumerable
            ? ""
            : $", such as the default {OptionsWriter.Plain(current)}";
        Fault(node.Location, "", $"{path} {found}; expected {expected}{example}");
        return Refused;
    }

    private static string NearestEnum(Type type, RecipeNode node)
    {
        string[] names = [.. Enum.GetNames(type).Select(SnakeCase.From)];
        string? nearest = node is RecipeScalar { Text: var text } ? NearestName.Find(text, names) : null;
        return $"one of {string.Join(", ", names)}{(nearest is null ? "" : $"; did you mean '{nearest}'?")}";
    }

    private static string Expected(Type type)
    {
        string name = OptionsSchema.Describe(type);
        if (type == typeof(bool) || type == typeof(string))
            return name;
        string range = type == typeof(int) ? " of at most 2147483647 in size" : "";
        string form = OptionsSchema.ElementType(type) is not null ? ", written [a, b]" : "";
        return $"a {name}{range}{form}";
    }

    private static string Shown(RecipeNode node) => node switch
    {
        RecipeList => "is a list",
        RecipeMap => "is a map",
        RecipeScalar { IsPlain: true, Text: var text } => $"is '{Shorten(text)}'",
        RecipeScalar { Text: var text } => $"is the text \"{Shorten(text)}\"",
        _ => "is something else",
    };

    private static string Shorten(string text) => text.Length <= 60 ? text : string.Concat(text.AsSpan(0, 60), "...");

    private void Fault(RecipeLocation location, string path, string message)
    {
        string prefix = string.Concat(title.Length > 0 ? $"{title}: " : "", path.Length > 0 ? $"{path}: " : "");
        faults.Add(location, $"{prefix}{message.TrimEnd('.')}.");
    }

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
