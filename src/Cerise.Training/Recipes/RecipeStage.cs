namespace Cerise.Training.Recipes;

/// <summary>One stage of a recipe: what it does, what it is called, and its settings, not yet bound to a record.</summary>
public sealed class RecipeStage
{
    internal const string KindKey = "stage";
    internal const string NameKey = "name";

    internal RecipeStage(int index, string kind, string name, RecipeLocation location, RecipeMap options)
    {
        Index = index;
        Kind = kind;
        Name = name;
        Location = location;
        Options = options;
    }

    /// <summary>Place in the recipe, from 0.</summary>
    public int Index { get; }

    /// <summary>What the stage does: the value of its <c>stage</c> key, such as <c>grpo</c>.</summary>
    public string Kind { get; }

    /// <summary>What the stage is called, distinct in the recipe: letters, digits,
    /// '-' and '_'. Its kind when the recipe gives no <c>name</c>.</summary>
    public string Name { get; }

    /// <summary>Where the stage's kind was written.</summary>
    public RecipeLocation Location { get; }

    /// <summary>All other keys, with references filled in.</summary>
    public RecipeMap Options { get; }

    /// <summary>How faults name this stage.</summary>
    public string Title => $"stage '{Name}'";

    /// <summary>Binds the settings to a record.</summary>
    /// <param name="faults">Receives every fault, so that those of several stages can be thrown together.</param>
    public T Bind<T>(RecipeFaults faults) => OptionsBinder.Bind<T>(Options, Title, faults);

    /// <summary>Binds the settings to a record.</summary>
    /// <exception cref="RecipeException">With every fault of this stage.</exception>
    public T Bind<T>() => OptionsBinder.Bind<T>(Options, Title);

    // The name a stage goes by before it is checked: overrides are applied first.
    internal static string NameOf(RecipeMap stage) =>
        ((stage.Find(NameKey) ?? stage.Find(KindKey))?.Value as RecipeScalar)?.Text ?? "";
}
