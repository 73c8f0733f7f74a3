using Cerise.Data.ChatTemplates.Values;

namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Methods of dict. Those that would change one are undefined, as in jinja2's immutable sandbox.</summary>
internal static class DictMethods
{
    private static readonly BuiltinTable Table = new(
        ("items", "", call => new DictViewValue(Self(call), "items", Pair)),
        ("keys", "", call => new DictViewValue(Self(call), "keys", item => item.Key)),
        ("values", "", call => new DictViewValue(Self(call), "values", item => item.Value)),
        ("get", "key default?", call => Self(call).Items.TryGetValue(PythonEquality.Key(call[0]!, call.State), out Value? value)
            ? value : call[1] ?? NoneValue.Instance),
        ("copy", "", call => Self(call)));

    private static readonly HashSet<string> Mutating = ["clear", "pop", "popitem", "setdefault", "update"];

    public static Value? Find(string name, DictValue self) =>
        Table.Bind(name, self) ?? (Mutating.Contains(name) ? UndefinedValue.Unsafe(self, name) : null);

    /// <summary>An item as (key, value).</summary>
    public static Value Pair(KeyValuePair<Value, Value> item) => new TupleValue([item.Key, item.Value]);

    private static DictValue Self(Call call) => (DictValue)call.Self;
}
