using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;

namespace Cerise.Data.ChatTemplates.Values;

/// <summary>value.name and value[key] as jinja2's sandbox looks them up: an attribute or a key, each as a second try for the other.</summary>
internal static class Access
{
    /// <summary>value.name: the attribute, else the item.</summary>
    public static Value Attribute(Value value, StringValue name, RenderState state)
    {
        if (value.Attribute(name.Text) is { } attribute)
            return attribute;
        return value.Item(name, state) ?? Missing(value, name);
    }

    /// <summary>value[key]: the item, else the attribute where the key is a text.</summary>
    public static Value Item(Value value, Value key, RenderState state)
    {
        if (value.Item(key, state) is { } item)
            return item;
        return (key is StringValue name ? value.Attribute(name.Text) : null) ?? Missing(value, key);
    }

    /// <summary>value[start:stop:step], which has no second try.</summary>
    public static Value Slice(Value value, Value slice, RenderState state) => value.Item(slice, state)
        ?? throw new TemplateFault(value is DictValue ? "unhashable type: 'slice'" : $"'{value.TypeName}' object is not subscriptable");

    private static UndefinedValue Missing(Value value, Value key)
    {
        if (key is StringValue { Text: var name } && name.StartsWith("__", StringComparison.Ordinal))
            throw new TemplateFault($"access to attribute {PythonText.Quote(name)} of '{value.TypeName}' object is unsafe.");
        return UndefinedValue.Of(value, key);
    }
}
