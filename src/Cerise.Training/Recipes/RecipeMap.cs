namespace Cerise.Training.Recipes;

/// <summary>A map of a recipe; the order of its keys is kept.</summary>
/// <param name="location">Where the map begins.</param>
/// <param name="entries">The entries in order; keys are distinct.</param>
public sealed class RecipeMap(RecipeLocation location, IReadOnlyList<RecipeEntry> entries) : RecipeNode(location)
{
    /// <summary>The entries in order.</summary>
    public IReadOnlyList<RecipeEntry> Entries { get; } = entries;

    /// <summary>The entry of a key, or null.</summary>
    public RecipeEntry? Find(string key) => Entries.FirstOrDefault(entry => entry.Key == key);

    /// <summary>The map without some keys.</summary>
    public RecipeMap Without(params IReadOnlyCollection<string> keys) => new(Location, [.. Entries.Where(entry => !keys.Contains(entry.Key))]);

    /// <summary>The map with an entry replaced in its place, or added at the end.</summary>
    public RecipeMap With(RecipeEntry entry)
    {
        ArgumentNullException.ThrowIfNull(entry);
        return Find(entry.Key) is null
            ? new RecipeMap(Location, [.. Entries, entry])
            : new RecipeMap(Location, [.. Entries.Select(old => old.Key == entry.Key ? entry : old)]);
    }
}
