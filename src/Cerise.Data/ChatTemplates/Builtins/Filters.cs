namespace Cerise.Data.ChatTemplates.Builtins;

/// <summary>Everything that may follow '|': jinja2's own filters, with tojson as transformers replaces it.</summary>
internal static class Filters
{
    public static BuiltinTable Table { get; } = new(
        [.. TextFilters.Members, .. SequenceFilters.Members, .. SelectionFilters.Members, .. ValueFilters.Members]);

    public static Builtin? Find(string name) => Table.Find(name);
}
