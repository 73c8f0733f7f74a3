namespace Cerise.Training.Recipes;

/// <summary>A recipe, an override or a set of flags that cannot be used. The
/// message names every fault at once: file, line, key, what is expected.</summary>
/// <param name="faults">The faults in the order they were found; at least one.</param>
public sealed class RecipeException(IReadOnlyList<string> faults) : Exception(Join(faults))
{
    private const int MostCharacters = 16_000;

    /// <summary>One fault.</summary>
    public RecipeException(string fault)
        : this([fault])
    {
    }

    /// <summary>Each fault as one line: where, what, how to fix.</summary>
    public IReadOnlyList<string> Faults { get; } = faults;

    private static string Join(IReadOnlyList<string> faults)
    {
        if (faults.Count == 1)
            return MessageText.Bounded(faults[0]);
        string all = $"{faults.Count} faults:\n  {string.Join("\n  ", faults.Select(MessageText.Bounded))}";
        return all.Length <= MostCharacters ? all : $"{all[..MostCharacters]} ...";
    }
}
