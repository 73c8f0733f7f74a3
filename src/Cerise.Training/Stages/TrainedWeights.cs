using Cerise.Models;
using Cerise.Models.Adapters;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Optimizers;
using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>Chooses what of a model a stage trains: all weights, all but the frozen ones, or an adapter.</summary>
internal static class TrainedWeights
{
    /// <summary>The model a stage trains.</summary>
    /// <param name="context">The stage.</param>
    /// <param name="folder">Its model, with the adapter it begins with.</param>
    /// <param name="options">The stage's settings.</param>
    public static CausalModel Load(StageContext context, ModelSource folder, AdapterOptions options)
    {
        RequireContext(ModelConfig.Load(folder.Model), options.ContextLength, folder.Model);
        CausalModel model = CausalModel.Load(folder.Model, context.Device, options.ContextLength > 0 ? options.ContextLength : null, options.Dtype);
        try
        {
            if (folder.Adapter is { } adapter)
                model.LoadAdapter(adapter);
            if (model.Adapter is not null && !options.UsePeft)
                model.Merge(keepsBase: false).Dispose();
            Choose(model, options, null, context.Seed.Fork("adapter"));
            return model;
        }
        catch (Exception error) when (error is AdapterException or InvalidOperationException)
        {
            model.Dispose();
            throw new TrainingException($"{context.Stage.Title}: {error.Message}", error);
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    /// <summary>What is known of a stage's model before the run; null where the model is an earlier stage's.</summary>
    public static (ModelConfig Config, LoraConfig? Adapter)? PlannedModel(string model, AdapterOptions options)
    {
        if (!Directory.Exists(model) || (options.Adapter.Length > 0 && !Directory.Exists(options.Adapter)))
            return null;
        ModelSource source = ModelSource.Find(model, options.Adapter.Length == 0 ? null : options.Adapter);
        ModelConfig config = ModelConfig.Load(source.Model);
        RequireContext(config, options.ContextLength, source.Model);
        return (config, options.UsePeft && source.Adapter is { } adapter ? LoraConfig.Load(adapter) : null);
    }

    /// <summary>Requires that a model can be used for texts as long as is asked for.</summary>
    /// <param name="config">The model.</param>
    /// <param name="contextLength">Tokens; 0 for what the config says.</param>
    /// <param name="folder">Its folder, for the message.</param>
    /// <exception cref="TrainingException">It is made for shorter ones.</exception>
    public static void RequireContext(ModelConfig config, int contextLength, string folder)
    {
        if (!config.Allows(contextLength))
            throw new TrainingException($"{folder}: context_length is {contextLength}, the model is made for {config.MaxPositionEmbeddings} tokens ('max_position_embeddings' of config.json); give that or less");
    }

    /// <summary>Gives a model the adapter that is to be trained, unless it has one, or freezes weights.</summary>
    /// <param name="model">The model.</param>
    /// <param name="options">The settings.</param>
    /// <param name="adapter">The adapter; null for the one that the settings ask for.</param>
    /// <param name="seed">Source of the adapter's factors.</param>
    /// <exception cref="AdapterException">The adapter does not fit the model.</exception>
    /// <exception cref="TrainingException">A pattern of frozen weights fits none, or all.</exception>
    public static void Choose(CausalModel model, AdapterOptions options, LoraConfig? adapter, Seed seed)
    {
        if (options.UsePeft && model.Adapter is null)
            model.AddAdapter(adapter ?? options.ToLoraConfig(model.IsTied), seed);
        foreach (string pattern in options.FrozenParameters)
            Freeze(model, pattern);
        if (model.TrainedParameters.Count == 0)
            throw new TrainingException($"frozen_parameters names all weights of the model ({string.Join(", ", options.FrozenParameters)}): nothing would be trained");
    }

    /// <summary>Notes how much is trained.</summary>
    public static void Note(Preflight preflight, CausalModel model)
    {
        long trained = model.TrainedParameters.Sum(parameter => parameter.Shape.Length);
        long all = model.ParameterCount + (model.Adapter is null ? 0 : trained);
        string what = model.Adapter is { } adapter ? $" in a LoRA adapter of {adapter.Modules.Count()} modules" : "";
        preflight.Require("trained parameters", trained > 0, FormattableString.Invariant($"{trained} of {all} parameters are trained ({100.0 * trained / all:0.##} %){what}"));
    }

    private static void Freeze(CausalModel model, string pattern)
    {
        NamePattern names;
        try
        {
            names = new NamePattern(pattern);
        }
        catch (ArgumentException error)
        {
            throw new TrainingException($"frozen_parameters: {error.Message}", error);
        }
        if (!model.Parameters.Any(parameter => names.Holds(parameter.Name)))
        {
            string[] known = [.. model.Parameters.Select(parameter => parameter.Name)];
            string near = NearestName.Find(pattern, known) ?? known[^1];
            throw new TrainingException($"frozen_parameters: '{pattern}' names none of the model's tensors; did you mean '{near}'? They are called like '{known[0]}' and '{known[known.Length / 2]}', and * stands for any text");
        }
        model.Freeze(names.Holds);
    }
}
