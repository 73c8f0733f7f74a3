namespace Cerise.Training.Recipes;

/// <summary>A setting as a command-line flag.</summary>
/// <param name="Name">The flag without its dashes: the recipe's key; keys of nested records are joined by dots, <c>lora.rank</c>.</param>
/// <param name="Type">What a value looks like, for help: "number", "true or false", "grpo|dr_grpo|dapo", "list of text".</param>
/// <param name="Default">The default as a recipe writes it; empty when there is none.</param>
/// <param name="Doc">The first paragraph of the property's documentation as plain text; empty when there is none.</param>
/// <param name="IsRequired">Whether it must be given.</param>
/// <param name="IsSwitch">Whether it is true or false, so that the flag alone can stand for true.</param>
public sealed record OptionFlag(string Name, string Type, string Default, string Doc, bool IsRequired, bool IsSwitch);
