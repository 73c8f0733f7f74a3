using System.Globalization;

namespace Cerise.Training.Recipes;

/// <summary>Compares two resolved recipes key by key.</summary>
public static class RecipeDifference
{
    /// <summary>One line for each key that differs: <c>stages.grpo.beta: 0 there, 0.04 here</c>. Empty when both say the same.</summary>
    /// <param name="there">The recipe the run folder holds.</param>
    /// <param name="here">The recipe asked for.</param>
    /// <exception cref="RecipeException">One of them is not YAML.</exception>
    public static IReadOnlyList<string> Compare(string there, string here)
    {
        var old = new Dictionary<string, string>(StringComparer.Ordinal);
        var asked = new Dictionary<string, string>(StringComparer.Ordinal);
        Flatten(RecipeParser.Parse(there, "the run's recipe.yaml", new RecipeFaults()), "", old);
        Flatten(RecipeParser.Parse(here, "the recipe", new RecipeFaults()), "", asked);
        return [.. old.Keys.Union(asked.Keys)
            .Where(key => old.GetValueOrDefault(key) != asked.GetValueOrDefault(key))
            .Select(key => $"{key}: {old.GetValueOrDefault(key) ?? "absent"} there, {asked.GetValueOrDefault(key) ?? "absent"} here")];
    }

    private static void Flatten(RecipeNode node, string path, Dictionary<string, string> values)
    {
        switch (node)
        {
            case RecipeMap { Entries.Count: > 0 } map:
                foreach (RecipeEntry entry in map.Entries)
                    Flatten(entry.Value, path.Length == 0 ? entry.Key : $"{path}.{entry.Key}", values);
                break;
            case RecipeList { Items.Count: > 0 } list:
                for (int i = 0; i < list.Items.Count; i++)
                    Flatten(list.Items[i], $"{path}.{Step(list.Items[i], i)}", values);
                break;
            default:
                values[path] = node switch
                {
                    RecipeScalar scalar => scalar.IsPlain ? scalar.Text : $"\"{scalar.Text}\"",
                    RecipeList => "[]",
                    _ => "{}"
                };
                break;
        }
    }

    // Stages are known by name, other items by number.
    private static string Step(RecipeNode item, int index) =>
        item is RecipeMap map && map.Find(RecipeStage.KindKey) is not null ? RecipeStage.NameOf(map) : index.ToString(CultureInfo.InvariantCulture);
}
