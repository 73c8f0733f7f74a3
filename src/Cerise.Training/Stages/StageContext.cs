using Cerise.Tensors;
using Cerise.Training.Recipes;
using Cerise.Training.Rewards;
using Cerise.Training.Runs;

namespace Cerise.Training.Stages;

/// <summary>What a stage works with.</summary>
public sealed class StageContext
{
    private const string AdapterKey = "adapter";

    /// <summary>The run's folder.</summary>
    public required RunFolder Run { get; init; }

    /// <summary>The whole recipe.</summary>
    public required RecipeDocument Recipe { get; init; }

    /// <summary>The stage.</summary>
    public required RecipeStage Stage { get; init; }

    /// <summary>Where the model runs.</summary>
    public required Device Device { get; init; }

    /// <summary>The rewards that recipes can name.</summary>
    public required RewardRegistry Rewards { get; init; }

    /// <summary>Told how it goes.</summary>
    public required IProgressSink Progress { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Asks to save and stop.</summary>
    public required CancellationToken Cancellation { get; init; }

    /// <summary>The stage's own source of random numbers.</summary>
    public Seed Seed => SeedOf(Recipe, Stage);

    /// <summary>A stage's own source of random numbers.</summary>
    public static Seed SeedOf(RecipeDocument recipe, RecipeStage stage)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        ArgumentNullException.ThrowIfNull(stage);
        return Seed.From(recipe.Seed).Fork(stage.Name);
    }

    /// <summary>Where the stage's result goes: <c>model/</c> for the last stage that makes a model, else <c>stages/NAME/</c>.</summary>
    public string Output => OutputOf(Stage);

    /// <summary>Where the stage's adapter goes: <c>adapter/</c> beside <c>model/</c>, else <c>stages/NAME/adapter/</c>.</summary>
    public string AdapterOutput => AdapterOutputOf(Stage);

    /// <summary>The model a stage begins with, and the adapter of it, if there is one.</summary>
    /// <param name="model">The setting <c>model</c>: a model's folder, or an adapter's.</param>
    /// <param name="adapter">The setting <c>adapter</c>; empty for none.</param>
    /// <exception cref="TrainingException">Nothing is there, or the adapter's base model is not.</exception>
    public ModelSource ModelInput(string model, string adapter) =>
        ModelSource.Find(Input("model", model), adapter.Length == 0 ? null : Input(AdapterKey, adapter));

    /// <summary>What a setting such as <c>model</c> or <c>data</c> names: an earlier stage, a file of one (<c>task/corpus.jsonl</c>), or a path.</summary>
    /// <param name="key">The setting, for the message.</param>
    /// <param name="reference">Its value.</param>
    /// <exception cref="TrainingException">It is empty, a later stage, or nothing is there.</exception>
    public string Input(string key, string reference)
    {
        if (string.IsNullOrWhiteSpace(reference))
            throw new TrainingException($"{Stage.Title}: {key} is not set; name an earlier stage or a path, here or with --set stages.{Stage.Name}.{key}=PATH");
        string[] parts = reference.Split('/', 2);
        RecipeStage? source = Recipe.Stages.FirstOrDefault(stage => stage.Name == parts[0]);
        if (source is not null && source.Index >= Stage.Index)
            throw new TrainingException($"{Stage.Title}: {key} is '{reference}', a stage that comes no earlier; stages run in the recipe's order");
        string path = source is null ? reference
            : parts.Length > 1 ? Path.Combine(OutputOf(source), parts[1])
            : key == AdapterKey || (!Directory.Exists(OutputOf(source)) && Directory.Exists(AdapterOutputOf(source))) ? AdapterOutputOf(source) : OutputOf(source);
        if (!File.Exists(path) && !Directory.Exists(path))
            throw new TrainingException($"{Stage.Title}: {key}: there is no '{path}'" + (source is null ? ", and no earlier stage of that name" : ""));
        return path;
    }

    private string ModelOutput => Path.Combine(Run.Path, "model");

    private string AdapterOutputOf(RecipeStage stage) =>
        OutputOf(stage) == ModelOutput ? Path.Combine(Run.Path, ModelSource.AdapterFolder) : Path.Combine(OutputOf(stage), ModelSource.AdapterFolder);

    private string OutputOf(RecipeStage stage) => StageReference.OutputOf(Recipe, Run.Path, stage);
}
