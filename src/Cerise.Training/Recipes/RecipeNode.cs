namespace Cerise.Training.Recipes;

/// <summary>A value of a recipe together with the place it was written: a scalar, a list or a map. Never changed once made.</summary>
/// <param name="location">Where the value begins.</param>
public abstract class RecipeNode(RecipeLocation location)
{
    /// <summary>Where the value begins.</summary>
    public RecipeLocation Location { get; } = location;
}
