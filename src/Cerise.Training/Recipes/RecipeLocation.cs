using System.Globalization;

namespace Cerise.Training.Recipes;

/// <summary>Where a value was written.</summary>
/// <param name="Source">The file as the user named it, or the flag, such as <c>--set seed=3</c>.</param>
/// <param name="Line">Line from 1; 0 for a flag, which has no lines.</param>
/// <param name="Column">Column from 1; 0 for a flag.</param>
public readonly record struct RecipeLocation(string Source, int Line = 0, int Column = 0)
{
    /// <summary><c>file:line:column</c>, or the flag alone.</summary>
    public override string ToString() => Line == 0 ? Source : string.Create(CultureInfo.InvariantCulture, $"{Source}:{Line}:{Column}");
}
