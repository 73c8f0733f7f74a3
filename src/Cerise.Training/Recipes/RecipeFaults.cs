namespace Cerise.Training.Recipes;

/// <summary>Collects faults so that a recipe with several is reported once and whole.</summary>
public sealed class RecipeFaults
{
    private const int Shown = 50;
    private readonly List<string> _all = [];

    /// <summary>The faults so far, in the order they were found.</summary>
    public IReadOnlyList<string> All => _all;

    /// <summary>Adds a fault at a place.</summary>
    /// <param name="location">Where in the recipe, or which flag.</param>
    /// <param name="message">What is wrong and what is expected.</param>
    public void Add(RecipeLocation location, string message) => _all.Add($"{location}: {message}");

    /// <summary>Throws when there are faults.</summary>
    /// <exception cref="RecipeException">With all faults; beyond the first fifty only their number.</exception>
    public void ThrowIfAny()
    {
        if (_all.Count == 0)
            return;
        throw new RecipeException(_all.Count <= Shown ? [.. _all] : [.. _all.Take(Shown), $"and {_all.Count - Shown} more"]);
    }
}
