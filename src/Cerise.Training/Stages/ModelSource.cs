using Cerise.Models.Adapters;
using Cerise.Models.Configs;

namespace Cerise.Training.Stages;

/// <summary>Where a model comes from: a Hugging Face folder, and perhaps an adapter of PEFT's for it.</summary>
/// <param name="Model">The model's folder.</param>
/// <param name="Adapter">The adapter's folder; null for none.</param>
public sealed record ModelSource(string Model, string? Adapter)
{
    /// <summary>The folder in which a stage puts its adapter beside, or in the place of, its model.</summary>
    public const string AdapterFolder = "adapter";

    /// <summary>Where the tokenizer lies: with the model, unless the adapter brings one.</summary>
    public string Tokenizer => Adapter is { } adapter && File.Exists(Path.Combine(adapter, "tokenizer.json")) ? adapter : Model;

    /// <summary>Finds model and adapter.</summary>
    /// <param name="folder">A model's folder, or an adapter's, whose config then names the base model: by a path, or one from the adapter's folder on.</param>
    /// <param name="adapter">An adapter's folder; null for what <paramref name="folder"/> says.</param>
    /// <exception cref="TrainingException">There is no such adapter, two are named, or the base model of an adapter is not here.</exception>
    /// <exception cref="Models.Checkpoints.CheckpointException">The adapter's config is unreadable.</exception>
    public static ModelSource Find(string folder, string? adapter = null)
    {
        ArgumentNullException.ThrowIfNull(folder);
        string? own = AdapterIn(folder);
        if (adapter is null && own is null)
            return new ModelSource(folder, null);
        if (adapter is not null && own is not null)
            throw new TrainingException($"{folder} is an adapter's folder, and {adapter} is another adapter: name the base model in the place of the first");
        if (adapter is not null)
            return new ModelSource(folder, AdapterIn(adapter) ?? throw new TrainingException($"{adapter}: there is no {LoraConfig.FileName}; name a folder in PEFT's layout"));
        return new ModelSource(BaseOf(own!), own);
    }

    // A stage that saved its adapter alone has it in a folder of its own.
    private static string? AdapterIn(string folder)
    {
        if (LoraAdapter.IsFolder(folder))
            return folder;
        string inside = Path.Combine(folder, AdapterFolder);
        return !File.Exists(Path.Combine(folder, ModelConfig.FileName)) && LoraAdapter.IsFolder(inside) ? inside : null;
    }

    private static string BaseOf(string adapter)
    {
        string? named = LoraConfig.Load(adapter).BaseModelNameOrPath;
        if (string.IsNullOrEmpty(named))
            throw new TrainingException($"{Path.Combine(adapter, LoraConfig.FileName)}: base_model_name_or_path is missing. Name the base model's folder as the model, and this folder as the adapter");
        foreach (string place in (string[])[named, Path.Combine(adapter, named)])
            if (Directory.Exists(place))
                return Path.GetFullPath(place);
        throw new TrainingException($"{Path.Combine(adapter, LoraConfig.FileName)}: the base model '{named}' is no folder here. Name the base model's folder as the model, and this folder as the adapter");
    }
}
