namespace Cerise.Training.Recipes;

/// <summary>A key of a map and its value.</summary>
/// <param name="Key">The key as written.</param>
/// <param name="KeyLocation">Where the key was written.</param>
/// <param name="Value">The value.</param>
public sealed record RecipeEntry(string Key, RecipeLocation KeyLocation, RecipeNode Value);
