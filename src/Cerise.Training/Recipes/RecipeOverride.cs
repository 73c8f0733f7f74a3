using System.Globalization;

namespace Cerise.Training.Recipes;

/// <summary>One <c>--set path=value</c>: a value put over what the recipe file says.</summary>
/// <remarks>
/// The path is a top-level key (<c>model=DIR</c>), or <c>stages.</c>, a stage's name or its number from 0, and
/// the key: <c>stages.grpo.learning_rate=1e-5</c>, <c>stages.2.lora.rank=8</c>. Numbers also reach into lists.
/// The value is read as the recipe would read it; lists and maps are written <c>[1, 2]</c> and <c>{a: 1}</c>.
/// </remarks>
internal sealed class RecipeOverride
{
    /// <summary>Characters of an override that stand before each of its faults.</summary>
    private const int MostShown = 200;

    private readonly RecipeLocation _location;
    private readonly string[] _path;
    private readonly RecipeNode _value;

    private RecipeOverride(RecipeLocation location, string[] path, RecipeNode value) => (_location, _path, _value) = (location, path, value);

    /// <summary>Reads <c>path=value</c>.</summary>
    /// <returns>The override, or null when it cannot be read and <paramref name="faults"/> says why.</returns>
    public static RecipeOverride? Read(string text, RecipeFaults faults)
    {
        var location = new RecipeLocation($"--set {(text.Length <= MostShown ? text : text[..MostShown] + "...")}");
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        string[] path = equals < 0 ? [] : text[..equals].Trim().Split('.');
        if (path.Length == 0 || path.Any(string.IsNullOrWhiteSpace))
        {
            faults.Add(location, "an override is path=value, for example --set stages.grpo.learning_rate=1e-5 or --set model=DIR.");
            return null;
        }
        if (path.Length > RecipeParser.MaxDepth)
        {
            faults.Add(location, $"the path has {path.Length} parts; no setting is nested more than {RecipeParser.MaxDepth} deep.");
            return null;
        }
        return new RecipeOverride(location, path, Value(text[(equals + 1)..].Trim(), location, faults));
    }

    /// <summary>A flag's text as a node: lists, maps and quoted text as YAML, everything else as one plain value.</summary>
    public static RecipeNode Value(string text, RecipeLocation location, RecipeFaults faults)
    {
        if (text.Length == 0 || text[0] is not ('[' or '{' or '"' or '\''))
            return new RecipeScalar(location, text, isPlain: true);
        try
        {
            return RecipeParser.Parse(text, location.Source, faults, hasLines: false);
        }
        catch (RecipeException error)
        {
            foreach (string fault in error.Faults)
                faults.Add(location, fault);
            return new RecipeScalar(location, "", isPlain: false);
        }
    }

    /// <summary>The recipe with this value in its place.</summary>
    /// <param name="root">The recipe.</param>
    /// <param name="settable">Top-level keys that may be set although the file does not write them.</param>
    /// <param name="faults">Receives paths that lead nowhere.</param>
    public RecipeMap Apply(RecipeMap root, IReadOnlyCollection<string> settable, RecipeFaults faults)
    {
        string top = _path[0];
        if (top == RecipeDocument.StagesKey && _path.Length < 3)
        {
            faults.Add(_location, "name the stage and the key: --set stages.NAME.key=value.");
            return root;
        }
        if (root.Find(top) is null && !settable.Contains(top))
        {
            string[] known = [.. root.Entries.Select(entry => entry.Key).Union(settable)];
            faults.Add(_location, NearestName.Explain("key", top, known) + ".");
            return root;
        }
        return (RecipeMap)Put(root, 0, faults);
    }

    private RecipeNode Put(RecipeNode node, int depth, RecipeFaults faults)
    {
        if (depth == _path.Length)
            return _value;
        string key = _path[depth];
        switch (node)
        {
            case RecipeList list:
                int index = depth == 1 && _path[0] == RecipeDocument.StagesKey ? StageIndex(list, key, faults) : ItemIndex(list, key, faults);
                return index < 0 ? list : new RecipeList(list.Location,
                    [.. list.Items.Select((item, i) => i == index ? Put(item, depth + 1, faults) : item)]);
            case RecipeMap map:
                RecipeEntry? old = map.Find(key);
                RecipeNode below = old?.Value ?? new RecipeScalar(_location, "", isPlain: true);
                return map.With(new RecipeEntry(key, old?.KeyLocation ?? _location, Put(below, depth + 1, faults)));
            case RecipeScalar { IsNull: true }:                              // nothing there yet: the path makes its maps
                return new RecipeMap(_location, [new RecipeEntry(key, _location, Put(node, depth + 1, faults))]);
            default:
                faults.Add(_location, $"'{string.Join('.', _path[..depth])}' is a single value at {node.Location}; it has no key '{key}'.");
                return node;
        }
    }

    private int StageIndex(RecipeList stages, string key, RecipeFaults faults)
    {
        string[] names = [.. stages.Items.Select(stage => stage is RecipeMap map ? RecipeStage.NameOf(map) : "")];
        int named = Array.IndexOf(names, key);
        if (named >= 0)
            return named;
        if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < names.Length)
            return index;
        faults.Add(_location, NearestName.Explain("stage", key, names) + $"; or use a number from 0 to {names.Length - 1}.");
        return -1;
    }

    private int ItemIndex(RecipeList list, string key, RecipeFaults faults)
    {
        if (int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < list.Items.Count)
            return index;
        faults.Add(_location, $"'{key}' is no place in the list at {list.Location}, which has {list.Items.Count} items; use a number from 0.");
        return -1;
    }
}
