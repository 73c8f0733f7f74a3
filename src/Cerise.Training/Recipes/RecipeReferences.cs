using System.Text;

namespace Cerise.Training.Recipes;

/// <summary>Fills in <c>${name}</c>: the value of a top-level key, in string values anywhere in the recipe.</summary>
/// <remarks>
/// A value that is one reference and nothing else takes the variable's value whole, whatever it is (a number, a list); inside a longer text
/// the variable must be a single value. <c>$${</c> stands for the characters <c>${</c>. Variables may refer to each other, not in a circle.
/// </remarks>
internal sealed class RecipeReferences(RecipeMap root, RecipeFaults faults)
{
    private const int MaxText = 1 << 20;

    private readonly List<string> _open = [];
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private int _nodes;
    private int _characters;

    /// <summary>The names that were referred to.</summary>
    public IReadOnlySet<string> Used => _used;

    /// <summary>The node with every reference filled in.</summary>
    public RecipeNode Expand(RecipeNode node)
    {
        if (++_nodes > RecipeParser.MaxNodes)
            throw new RecipeException(
                $"{node.Location}: more than {RecipeParser.MaxNodes} values once the references are filled in; do variables repeat each other?");
        return node switch
        {
            RecipeMap map => new RecipeMap(map.Location, [.. map.Entries.Select(entry => entry with { Value = Expand(entry.Value) })]),
            RecipeList list => new RecipeList(list.Location, [.. list.Items.Select(Expand)]),
            RecipeScalar scalar when scalar.Text.Contains("${", StringComparison.Ordinal) => ExpandText(scalar),
            _ => node,
        };
    }

    private RecipeNode ExpandText(RecipeScalar scalar)
    {
        string text = scalar.Text;
        if (WholeReference(text) is { } only)
            return Whole(only, scalar.Location);

        var filled = new StringBuilder();
        int from = 0;
        while (text.IndexOf("${", from, StringComparison.Ordinal) is >= 0 and var at)
        {
            if (at > from && text[at - 1] == '$')                            // $${ is the characters themselves
            {
                filled.Append(text, from, at - 1 - from).Append("${");
                from = at + 2;
                continue;
            }
            filled.Append(text, from, at - from);
            int end = text.IndexOf('}', at);
            string name = end < 0 ? "" : text[(at + 2)..end];
            if (!IsName(name))
            {
                faults.Add(scalar.Location, "'${' begins a reference ${name} to a top-level key; write $${ for the characters themselves.");
                return scalar;
            }
            if (Variable(name, scalar.Location) is { } value)
            {
                if (value is RecipeScalar { Text: var inner })
                    filled.Append(inner);
                else
                    faults.Add(scalar.Location, $"${{{name}}} is a list or a map; it can only be the whole value, not a part of a text.");
            }
            from = end + 1;
        }
        filled.Append(text, from, text.Length - from);
        _characters += filled.Length;
        if (_characters > MaxText)
            throw new RecipeException(
                $"{scalar.Location}: more than {MaxText} characters once the references are filled in; do variables repeat each other?");
        return new RecipeScalar(scalar.Location, filled.ToString(), isPlain: false);
    }

    private RecipeNode Whole(string name, RecipeLocation location) => Variable(name, location) switch
    {
        RecipeScalar value => new RecipeScalar(location, value.Text, value.IsPlain),
        { } value => value,
        null => new RecipeScalar(location, "", isPlain: false),              // a fault is reported; go on and find more
    };

    private RecipeNode? Variable(string name, RecipeLocation location)
    {
        _used.Add(name);
        RecipeEntry? entry = name == RecipeDocument.StagesKey ? null : root.Find(name);
        if (entry is null)
        {
            faults.Add(location, NearestName.Explain("variable", name,
                [.. root.Entries.Select(known => known.Key).Where(known => known != RecipeDocument.StagesKey)]) + ".");
            return null;
        }
        if (entry.Value is RecipeScalar { IsNull: true })
        {
            if (_reported.Add(name))
                faults.Add(location, $"${{{name}}} has no value. Give it one with --set {name}=VALUE, or write it at {entry.KeyLocation}.");
            return null;
        }
        if (_open.Contains(name))
        {
            faults.Add(location, $"${{{name}}} refers to itself: {string.Join(" -> ", _open)} -> {name}.");
            return null;
        }
        _open.Add(name);
        RecipeNode value = Expand(entry.Value);
        _open.RemoveAt(_open.Count - 1);
        return value;
    }

    private static string? WholeReference(string text) =>
        text.StartsWith("${", StringComparison.Ordinal) && text.EndsWith('}') && IsName(text[2..^1]) ? text[2..^1] : null;

    private static bool IsName(string name) => name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');
}
