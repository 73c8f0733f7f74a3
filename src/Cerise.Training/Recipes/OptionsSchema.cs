using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Cerise.Training.Recipes;

/// <summary>The settings of an options record: its settable public properties in the order they are declared.</summary>
internal sealed class OptionsSchema
{
    private OptionsSchema(IReadOnlyList<OptionProperty> properties) => Properties = properties;

    /// <summary>The settings in the order they are declared.</summary>
    public IReadOnlyList<OptionProperty> Properties { get; }

    /// <summary>Reads the settings of a type. Properties without a setter are computed values, not settings.</summary>
    public static OptionsSchema Of(Type type)
    {
        var nullability = new NullabilityInfoContext();
        var properties = new List<OptionProperty>();
        foreach (PropertyInfo property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken))
        {
            if (property.SetMethod is not { IsPublic: true } || property.GetIndexParameters().Length > 0)
                continue;
            bool nullable = nullability.Create(property).WriteState == NullabilityState.Nullable;
            bool required = property.IsDefined(typeof(RequiredMemberAttribute));
            properties.Add(new OptionProperty(SnakeCase.From(property.Name), property, nullable, required));
        }
        return new OptionsSchema(properties);
    }

    /// <summary>A record with nothing but its defaults.</summary>
    public static object Create(Type type)
    {
        if (type.IsAbstract || type.GetConstructor(Type.EmptyTypes) is null)
            throw new ArgumentException(
                $"{type} cannot hold options: give it init properties with defaults and no constructor parameters", nameof(type));
        return Activator.CreateInstance(type)!;
    }

    /// <summary>Whether values of the type are maps with known keys.</summary>
    public static bool IsRecord(Type type) =>
        type.IsClass && type != typeof(string) && ElementType(type) is null && DictionaryValue(type) is null;

    /// <summary>What a list type holds, or null when it is no list.</summary>
    public static Type? ElementType(Type type)
    {
        if (type.IsArray)
            return type.GetElementType();
        if (!type.IsGenericType)
            return null;
        Type open = type.GetGenericTypeDefinition();
        return open == typeof(List<>) || open == typeof(IReadOnlyList<>) || open == typeof(IList<>) || open == typeof(IEnumerable<>)
            || open == typeof(IReadOnlyCollection<>) || open == typeof(ICollection<>) ? type.GetGenericArguments()[0] : null;
    }

    /// <summary>What a dictionary from text holds, or null when it is no such dictionary.</summary>
    public static Type? DictionaryValue(Type type)
    {
        if (!type.IsGenericType)
            return null;
        Type open = type.GetGenericTypeDefinition();
        bool isDictionary = open == typeof(Dictionary<,>) || open == typeof(IReadOnlyDictionary<,>) || open == typeof(IDictionary<,>);
        return isDictionary && type.GetGenericArguments()[0] == typeof(string) ? type.GetGenericArguments()[1] : null;
    }

    /// <summary>What a value of the type looks like, for messages and help.</summary>
    public static string Describe(Type type)
    {
        type = Nullable.GetUnderlyingType(type) ?? type;
        if (type == typeof(int) || type == typeof(long))
            return "whole number";
        if (type == typeof(float) || type == typeof(double))
            return "number";
        if (type == typeof(bool))
            return "true or false";
        if (type == typeof(string))
            return "text";
        if (type == typeof(JsonElement))
            return "any value";
        if (type.IsEnum)
            return string.Join('|', Enum.GetNames(type).Select(SnakeCase.From));
        if (ElementType(type) is { } element)
            return $"list of {Describe(element)}";
        return DictionaryValue(type) is { } value ? $"map of {Describe(value)}" : "map";
    }
}
