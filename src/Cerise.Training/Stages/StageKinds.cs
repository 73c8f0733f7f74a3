using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>The kinds of stages, by the name recipes use.</summary>
public static class StageKinds
{
    private static readonly Dictionary<string, (Type Options, Func<object, IStage> Create, bool MakesModel)> Known = new(StringComparer.Ordinal)
    {
        ["task"] = (typeof(TaskStageOptions), options => new TaskStage((TaskStageOptions)options), false),
        ["openings"] = (typeof(OpeningsStageOptions), options => new OpeningsStage((OpeningsStageOptions)options), false),
        ["tokenizer"] = (typeof(TokenizerStageOptions), options => new TokenizerStage((TokenizerStageOptions)options), false),
        ["pretrain"] = (typeof(PretrainStageOptions), options => new PretrainStage((PretrainStageOptions)options), true),
        ["sft"] = (typeof(SftStageOptions), options => new SftStage((SftStageOptions)options), true),
        ["grpo"] = (typeof(GrpoStageOptions), options => new GrpoStage((GrpoStageOptions)options), true),
        ["evaluate"] = (typeof(EvaluateStageOptions), options => new EvaluateStage((EvaluateStageOptions)options), false),
    };

    /// <summary>All names.</summary>
    public static IReadOnlyCollection<string> Names => Known.Keys;

    /// <summary>Whether a stage of this kind ends with a model folder.</summary>
    public static bool MakesModel(string kind) => Known.TryGetValue(kind, out var found) && found.MakesModel;

    /// <summary>The record of a kind's settings.</summary>
    public static Type OptionsOf(string kind) => Known[kind].Options;

    /// <summary>Binds every stage's settings, collecting all faults.</summary>
    /// <returns>The settings' records, in the stages' order.</returns>
    /// <exception cref="RecipeException">A kind or a setting is unknown or a value does not fit.</exception>
    public static IReadOnlyList<object> Bind(RecipeDocument recipe)
    {
        ArgumentNullException.ThrowIfNull(recipe);
        RecipeFaults faults = new();
        List<object> options = [];
        foreach (RecipeStage stage in recipe.Stages)
        {
            if (Known.TryGetValue(stage.Kind, out var found))
                options.Add(OptionsBinder.Bind(found.Options, stage.Options, stage.Title, faults));
            else
                faults.Add(stage.Location, NearestName.Explain("stage", stage.Kind, Known.Keys));
        }
        faults.ThrowIfAny();
        return options;
    }

    /// <summary>Makes a stage from its settings.</summary>
    public static IStage Create(string kind, object options) => Known[kind].Create(options);
}
