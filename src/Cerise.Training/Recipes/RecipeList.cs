namespace Cerise.Training.Recipes;

/// <summary>A list of a recipe.</summary>
/// <param name="location">Where the list begins.</param>
/// <param name="items">The items in order.</param>
public sealed class RecipeList(RecipeLocation location, IReadOnlyList<RecipeNode> items) : RecipeNode(location)
{
    /// <summary>The items in order.</summary>
    public IReadOnlyList<RecipeNode> Items { get; } = items;
}
