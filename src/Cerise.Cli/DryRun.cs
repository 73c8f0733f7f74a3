using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Cli;

/// <summary>What a run would do and need, without doing it.</summary>
internal static class DryRun
{
    /// <summary>Prints the resolved recipe, and for each stage what is known before it runs.</summary>
    public static void Print(RecipeDocument recipe, TextWriter output)
    {
        IReadOnlyList<object> options = StageKinds.Bind(recipe);
        output.Write(recipe.Resolve(options));
        output.WriteLine();
        foreach (RecipeStage stage in recipe.Stages)
            foreach (string line in StageKinds.Create(stage.Kind, options[stage.Index]).Plan())
                output.WriteLine($"# {stage.Name}: {line}");
    }
}
