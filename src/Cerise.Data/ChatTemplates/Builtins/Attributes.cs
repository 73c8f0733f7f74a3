using System.Globalization;
using Cerise.Data.ChatTemplates.Running;
using Cerise.Data.ChatTemplates.Text;
using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>The argument attribute of filters: a path such as "function.name" or "items.0", looked up with the rules of subscripts.</summary>
internal static class Attributes
{
    /// <summary>
    /// A function that finds a path (a text, a number, None or null) in an item; the item itself where there is no path. What is given as missing stands for
    /// an undefined part.
    /// </summary>
    public static Func<Value, Value> Getter(Value? path, RenderState state, Value? missing = null)
    {
        if (path is null or NoneValue)
            return item => item;
        Value[] parts = path is StringValue { Text: var text } ? [.. text.Split('.').Select(Part)] : [path];
        return item =>
        {
            foreach (Value part in parts)
            {
                state.Step();
                item = Access.Item(item, part, state);
                if (missing is not (null or NoneValue) && item is UndefinedValue)
                    item = missing;
            }
            return item;
        };
    }

    /// <summary>A function that finds several paths, written with commas, as one list to be compared.</summary>
    public static Func<Value, Value> KeyGetter(Value? paths, bool caseSensitive, RenderState state)
    {
        Func<Value, Value>[] getters = paths is StringValue { Text: var text }
            ? [.. text.Split(',').Select(path => Getter(new StringValue(path), state))]
            : [Getter(paths, state)];
        return item => new ListValue([.. getters.Select(getter => Fold(getter(item), caseSensitive, state))]);
    }

    /// <summary>A text in lower case where case does not count; anything else as it is.</summary>
    public static Value Fold(Value value, bool caseSensitive, RenderState state) =>
        !caseSensitive && value is StringValue text ? PythonCase.Lower(text, state) : value;

    private static Value Part(string part) =>
        part.Length is > 0 and < 10 && part.AsSpan().IndexOfAnyExceptInRange('0', '9') < 0
            ? IntegerValue.Of(int.Parse(part, CultureInfo.InvariantCulture))
            : new StringValue(part);
}
