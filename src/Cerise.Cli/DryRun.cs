using Cerise.Cli.Inspecting;
using Cerise.Data.Conversations;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

namespace Cerise.Cli;

/// <summary>What a run would do and need, without doing it.</summary>
internal static class DryRun
{
    /// <summary>Prints the resolved recipe, and for each stage what is known before it runs: what it needs, and the pre-flight of conversations that are there.</summary>
    /// <param name="recipe">The recipe.</param>
    /// <param name="run">The run's folder, where earlier stages' results may lie.</param>
    /// <param name="output">Where to.</param>
    /// <exception cref="CommandException">A check failed, at which the run would stop.</exception>
    public static void Print(RecipeDocument recipe, string run, TextWriter output)
    {
        IReadOnlyList<object> options = StageKinds.Bind(recipe);
        output.Write(recipe.Resolve(options));
        output.WriteLine();
        foreach (RecipeStage stage in recipe.Stages)
            foreach (string line in StageKinds.Create(stage.Kind, options[stage.Index]).Plan())
                output.WriteLine($"# {stage.Name}: {line}");
        string? failure = null;
        foreach ((string note, Inspection? inspection) in new RecipeData(recipe, run, most: 0).Stages([.. options.Select(settings => settings is SftStageOptions ? settings : "")]))
        {
            output.WriteLine(TerminalText.Safe($"# {note}"));
            foreach (ConversationCheck check in inspection?.Checks?.Results() ?? [])
            {
                string verdict = SnakeCase.From(check.Verdict.ToString());
                output.WriteLine(TerminalText.Safe($"#   {verdict} {check.Name}: {check.Explanation}"));
                failure ??= check.Verdict == CheckVerdict.Failed ? $"the run would stop: {check.Name}: {check.Explanation}" : null;
            }
        }
        if (failure is not null)
            throw new CommandException(failure);
    }
}
