using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>What settings such as <c>model</c> and <c>data</c> name: an earlier stage, a file of one (<c>task/corpus.jsonl</c>), or a path.</summary>
public static class StageReference
{
    /// <summary>The path that is meant, and the stage that makes it; no stage where it is a path of its own. Whether anything is there is not looked at.</summary>
    /// <param name="recipe">The whole recipe.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="reference">The setting's value.</param>
    public static (string Path, RecipeStage? Source) Resolve(RecipeDocument recipe, string run, string reference)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(reference);
        string[] parts = reference.Split('/', 2);
        RecipeStage? source = recipe.Stages.FirstOrDefault(stage => stage.Name == parts[0]);
        string path = source is null ? reference : OutputOf(recipe, run, source);
        return (source is not null && parts.Length > 1 ? Path.Combine(path, parts[1]) : path, source);
    }

    /// <summary>Where a stage's result goes: <c>model/</c> for the last stage that makes a model, else <c>stages/NAME/</c>.</summary>
    /// <param name="recipe">The whole recipe.</param>
    /// <param name="run">The run's folder.</param>
    /// <param name="stage">The stage.</param>
    public static string OutputOf(RecipeDocument recipe, string run, RecipeStage stage)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(stage);
        return stage.Index == recipe.Stages.LastOrDefault(other => StageKinds.MakesModel(other.Kind))?.Index
            ? Path.Combine(run, "model")
            : Path.Combine(run, "stages", stage.Name);
    }
}
