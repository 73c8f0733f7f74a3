using System.CommandLine;
using Cerise.Training.Recipes;

namespace Cerise.Cli.Verbs;

/// <summary><c>run</c>: runs a recipe, or goes on with a run.</summary>
internal sealed class RunVerb : IVerb
{
    private readonly Argument<string> _recipe = new("RECIPE") { Description = "a recipe, such as recipes/r1-zero.yaml" };
    private readonly Option<string[]> _set = Flag.Texts(
        "--set", "path=value", "changes a value of the recipe: seed=3, model=DIR, stages.grpo.learning_rate=1e-5; may be given several times");
    private readonly RunFlags _run = new();

    public RunVerb()
    {
        Command = new Command("run", "Runs a recipe's stages in order: metrics, samples, checkpoints, model and report go to the run's folder.") { _recipe, _set };
        _run.AddTo(Command);
    }

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Notes => "Ctrl-C saves and stops; the same command with --resume goes on, to the same bytes as an unbroken run.";

    /// <inheritdoc/>
    public string Example => "./cerise run recipes/smoke.yaml --out runs/smoke";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        RecipeDocument recipe = RecipeDocument.Load(flags.GetRequiredValue(_recipe), flags.GetValue(_set) ?? []);
        return _run.Execute(recipe, flags, terminal);
    }
}
