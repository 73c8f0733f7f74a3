namespace Cerise.Training.Recipes;

/// <summary>The settings of an options record as command-line flags: what a verb lists in its help and how it reads what was given.</summary>
public static class OptionsFlags
{
    /// <summary>Every setting of the record in the order declared, nested records flattened.</summary>
    /// <typeparam name="T">A record with init properties and no constructor parameters.</typeparam>
    /// <remarks>Documentation comes from the XML file that the compiler writes beside the
    /// assembly, so a setting is documented once; without the file the docs are empty.</remarks>
    public static IReadOnlyList<OptionFlag> Of<T>() => Of(typeof(T));

    /// <summary>Every setting of the record in the order declared, nested records flattened.</summary>
    /// <param name="type">A record with init properties and no constructor parameters.</param>
    public static IReadOnlyList<OptionFlag> Of(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var flags = new List<OptionFlag>();
        Collect(type, OptionsSchema.Create(type), "", flags, XmlSummaries.Of(type.Assembly));
        return flags;
    }

    /// <summary>The settings given on a command line as a map to bind, with the flag as the place faults name.</summary>
    /// <typeparam name="T">The record the map is for. It says which flags are lists, whose
    /// items may be given as <c>a,b</c> beside the recipe's <c>[a, b]</c>.</typeparam>
    /// <param name="flags">Names without dashes, and values as typed. The last of equal names wins.</param>
    /// <exception cref="RecipeException">A list or a map is not well-formed.</exception>
    public static RecipeMap ToMap<T>(IEnumerable<KeyValuePair<string, string>> flags) => ToMap(typeof(T), flags);

    /// <summary>As <see cref="ToMap{T}"/>, for a record known when the program runs.</summary>
    /// <param name="type">The record the map is for.</param>
    /// <param name="flags">Names without dashes, and values as typed. The last of equal names wins.</param>
    /// <exception cref="RecipeException">A list or a map is not well-formed.</exception>
    public static RecipeMap ToMap(Type type, IEnumerable<KeyValuePair<string, string>> flags)
    {
        ArgumentNullException.ThrowIfNull(type);
        ArgumentNullException.ThrowIfNull(flags);
        var faults = new RecipeFaults();
        var root = new RecipeMap(new RecipeLocation("flags"), []);
        foreach ((string name, string text) in flags)
        {
            var location = new RecipeLocation($"--{name} {text}");
            root = Put(root, name.Split('.'), type, text, location, faults);
        }
        faults.ThrowIfAny();
        return root;
    }

    private static RecipeMap Put(RecipeMap map, ReadOnlySpan<string> path, Type type, string text, RecipeLocation location, RecipeFaults faults)
    {
        string key = path[0];
        Type? property = OptionsSchema.IsRecord(type)
            ? OptionsSchema.Of(type).Properties.FirstOrDefault(known => known.Name == key)?.Property.PropertyType
            : null;
        if (path.Length == 1)
        {
            bool isList = property is not null && OptionsSchema.ElementType(property) is not null;
            RecipeNode value = isList && !text.StartsWith('[')
                ? new RecipeList(location, [.. text.Split(',', StringSplitOptions.TrimEntries)
                    .Select(item => new RecipeScalar(location, item, isPlain: true))])
                : RecipeOverride.Value(text, location, faults);
            return map.With(new RecipeEntry(key, location, value));
        }
        RecipeMap below = map.Find(key)?.Value as RecipeMap ?? new RecipeMap(location, []);
        return map.With(new RecipeEntry(key, location, Put(below, path[1..], property ?? typeof(string), text, location, faults)));
    }

    private static void Collect(Type type, object defaults, string prefix, List<OptionFlag> flags, XmlSummaries docs)
    {
        foreach (OptionProperty property in OptionsSchema.Of(type).Properties)
        {
            Type valueType = property.Property.PropertyType;
            object? value = property.Property.GetValue(defaults);
            string name = prefix + property.Name;
            if (OptionsSchema.IsRecord(valueType))
            {
                Collect(valueType, value ?? OptionsSchema.Create(valueType), name + ".", flags, docs);
                continue;
            }
            flags.Add(new OptionFlag(name, OptionsSchema.Describe(valueType), Shown(value, property.IsRequired), docs.Find(property.Property),
                property.IsRequired, (Nullable.GetUnderlyingType(valueType) ?? valueType) == typeof(bool)));
        }
    }

    private static string Shown(object? value, bool required)
    {
        if (value is null || required)
            return "";
        string text = YamlText.Inline(OptionsWriter.ToNode(value));
        return text == "\"\"" ? "" : text;
    }
}
