using System.Reflection;

namespace Cerise.Training.Recipes;

/// <summary>One setting of an options record.</summary>
/// <param name="Name">Its name in recipes.</param>
/// <param name="Property">The property.</param>
/// <param name="IsNullable">Whether null may be given.</param>
/// <param name="IsRequired">Whether it must be given.</param>
internal sealed record OptionProperty(string Name, PropertyInfo Property, bool IsNullable, bool IsRequired);
