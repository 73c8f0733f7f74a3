using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>A LoRA adapter on a model: low-rank changes of some of its weights, which are trained while the weights stay as they are (Hu et al. 2021, arXiv:2106.09685).</summary>
/// <remarks>
/// On by default: the model then samples, scores and trains with W x + s B (A x), computed in this one way, unmerged, so that all three keep the same bits.
/// <see cref="Off"/> is the base model, without a second copy of its weights: the reference policy. Files are PEFT's.
/// </remarks>
public sealed class LoraAdapter : IDisposable
{
    /// <summary>The file of the factors in an adapter folder.</summary>
    public const string WeightsFileName = "adapter_model.safetensors";

    /// <summary>How PEFT's names of tensors begin.</summary>
    internal const string Prefix = "base_model.model.";

    private readonly CausalModel _model;
    private readonly LoraModule[] _modules;
    private readonly SavedWeight[] _saved;
    private readonly UntiedHead? _head;
    private readonly bool _isTransposed;

    private LoraAdapter(CausalModel model, LoraConfig config)
    {
        _model = model;
        LoraModules meant = new(model, config);
        _isTransposed = ModelTensors.Of(model.Config).Any(tensor => tensor.IsTransposed);
        // All linear layers by name, since other programs know lists better than the word.
        Config = config.TargetModules.IsAllLinear
            ? config with { TargetModules = ModuleSelection.Of([.. AdaptableModule.Of(model).Where(module => module.IsLinear).Select(module => module.Name).Distinct().Order(StringComparer.Ordinal)]) } : config;
        _modules = [.. meant.Targets.Select(target => LoraModule.Of(target, config.UseDora))];
        _saved = [.. meant.Saved.Select(weight => new SavedWeight(weight, SavedNames(model, config, weight)))];
        _head = meant.UntiesHead ? new UntiedHead(model, meant.SavesHeadApart) : null;
        Parameters = [.. _modules.SelectMany(module => module.Parameters), .. _saved.Select(saved => saved.Weight), .. _head?.Parameters ?? []];
    }

    /// <summary>Ranks, scales and modules.</summary>
    public LoraConfig Config { get; }

    /// <summary>What is trained: the factors, magnitudes, and the weights of modules that are saved whole.</summary>
    public IReadOnlyList<Parameter> Parameters { get; }

    /// <summary>Whether the model computes with the adapter.</summary>
    public bool IsOn { get; private set; }

    /// <summary>Paths of the modules that have factors, in the order of the forward pass.</summary>
    public IEnumerable<string> Modules => _modules.Select(module => module.Module.Path);

    /// <summary>The factors of a module.</summary>
    /// <exception cref="ArgumentException">The module has none.</exception>
    public LowRankAdapter Factors(string path) =>
        _modules.FirstOrDefault(module => module.Module.Path == path)?.Factors ?? throw new ArgumentException($"'{path}' has no adapter", nameof(path));

    /// <summary>Whether a folder holds an adapter.</summary>
    public static bool IsFolder(string folder) => File.Exists(Path.Combine(folder, LoraConfig.FileName));

    /// <summary>Switches the adapter off until the scope is disposed of: the model is its base, bit for bit.</summary>
    public AdapterScope Off()
    {
        bool wasOn = IsOn;
        Switch(on: false);
        return new AdapterScope(() => Switch(wasOn));
    }

    /// <summary>Drops inputs of the adapters until the scope is disposed of, in passes that record; keep it until their backward pass is done.</summary>
    /// <param name="batch">The batch.</param>
    /// <param name="rows">The stream of each of its tokens.</param>
    /// <exception cref="ShapeException">There is not one stream a token.</exception>
    public AdapterScope DropOut(TokenBatch batch, ReadOnlySpan<Seed> rows)
    {
        ArgumentNullException.ThrowIfNull(batch);
        ShapeException.Require(rows.Length == batch.Ids.Count, "DropOut", $"{rows.Length} streams for {batch.Ids.Count} tokens");
        // The head sees only the rows that predict a scored token.
        Seed[] ofHead = new Seed[batch.Rows.Count];
        for (int i = 0; i < ofHead.Length; i++)
            ofHead[i] = rows[batch.Rows.Values[i]];
        for (int i = 0; i < _modules.Length && Config.LoraDropout > 0; i++)
            if (!_modules[i].Module.IsEmbedding)
                _modules[i].Factors.Dropout = new AdapterDropout(Config.LoraDropout, i, _modules[i].Module.IsHead ? ofHead : rows);
        return new AdapterScope(() => Array.ForEach(_modules, module => module.Factors.Dropout = null));
    }

    /// <summary>Writes adapter_config.json and adapter_model.safetensors.</summary>
    /// <param name="folder">Made if it is missing.</param>
    /// <param name="baseModel">The base model's folder, for the config; null keeps what it says.</param>
    /// <param name="dtype">float32 (default), bfloat16 or float16.</param>
    /// <exception cref="CheckpointException">A file cannot be written.</exception>
    public void Save(string folder, string? baseModel = null, SafetensorsDType dtype = SafetensorsDType.F32)
    {
        Directory.CreateDirectory(folder);
        SafetensorsWriter.Write(
            Path.Combine(folder, WeightsFileName), [.. _modules.SelectMany(module => module.ToWrite(dtype)), .. _saved.SelectMany(saved => saved.ToWrite(dtype)), .. _head?.ToWrite(dtype) ?? []]);
        (Config with { BaseModelNameOrPath = baseModel ?? Config.BaseModelNameOrPath, FanInFanOut = _isTransposed }).Save(folder);
    }

    /// <summary>Reads the weights that <see cref="Save"/> wrote, or PEFT.</summary>
    /// <exception cref="CheckpointException">The file is missing or damaged; a tensor is missing, misshapen or not the config's.</exception>
    public void Read(string folder)
    {
        string file = Path.Combine(folder, WeightsFileName);
        if (!File.Exists(file))
        {
            throw new CheckpointException(file, "there is no such file." + (File.Exists(Path.Combine(folder, "adapter_model.bin"))
                ? " adapter_model.bin is a pickle, which is not read: save the adapter with safe_serialization=True." : " An adapter folder holds it beside adapter_config.json."));
        }
        using SafetensorsReader reader = SafetensorsReader.Open(file);
        // An adapter of a model with an image encoder names its modules as that does; what belongs to the encoder goes with it.
        if (_model.Config.NameInFamily is { } rename)
            reader.Rename(name => !name.StartsWith(Prefix, StringComparison.Ordinal) ? name : rename(name[Prefix.Length..]) is { } own ? Prefix + own : null);
        HashSet<string> used = [];
        foreach (LoraModule module in _modules)
            module.Read(reader, used);
        foreach (SavedWeight saved in _saved)
            saved.Read(reader, used);
        _head?.Read(reader, used);
        if (reader.Entries.FirstOrDefault(entry => !used.Contains(entry.Name) && !BaseTable.IsIn(_model, reader, entry)) is { } extra)
        {
            throw CheckpointException.OfTensor(
                file, extra.Name, $"{ShapeText.Of(extra.Shape)} belongs to no module that {LoraConfig.FileName} names in this model. Is it the adapter of another base model, or of one whose vocabulary was resized?");
        }
    }

    /// <summary>Takes the adapter off the model, which is its base again.</summary>
    public void Dispose()
    {
        Switch(on: false);
        Array.ForEach(_modules, module => module.Dispose());
        Array.ForEach(_saved, saved => saved.Dispose());
        _head?.Dispose();
    }

    /// <summary>A fresh adapter, with which the model computes what it did before, bit for bit.</summary>
    internal static LoraAdapter Create(CausalModel model, LoraConfig config, Seed seed)
    {
        LoraAdapter adapter = new(model, config);
        Array.ForEach(adapter._modules, module => module.Begin(seed));
        adapter.Switch(on: true);
        return adapter;
    }

    /// <summary>The adapter of a folder.</summary>
    internal static LoraAdapter Load(CausalModel model, string folder)
    {
        LoraConfig config = LoraConfig.Load(folder);
        LoraAdapter? adapter = null;
        try
        {
            adapter = new LoraAdapter(model, config);
            adapter.Read(folder);
        }
        catch (AdapterException error)
        {
            throw new CheckpointException(Path.Combine(folder, LoraConfig.FileName), $"{error.Message}.", error);
        }
        catch
        {
            adapter?.Dispose();
            throw;
        }
        adapter.Switch(on: true);
        return adapter;
    }

    /// <summary>Works the factors into the weights; weights that were trained whole stay.</summary>
    /// <param name="keepsBase">Whether the weights as they were are kept for <see cref="Unmerge"/>.</param>
    internal void Merge(bool keepsBase)
    {
        Array.ForEach(_modules, module => module.Merge(keepsBase));
        Array.ForEach(_saved, saved => saved.Keep(true));
        IsOn = false;
    }

    /// <summary>Takes the factors out of the weights again, and switches them on.</summary>
    internal void Unmerge()
    {
        Array.ForEach(_modules, module => module.Unmerge());
        Array.ForEach(_saved, saved => saved.Keep(false));
        Switch(on: true);
    }

    private void Switch(bool on)
    {
        Array.ForEach(_modules, module => module.Switch(on));
        Array.ForEach(_saved, saved => saved.Switch(on));
        _head?.Switch(on);
        IsOn = on;
    }

    // A table that is embedding and head is written under the names that are asked for.
    private static IEnumerable<string> SavedNames(CausalModel model, LoraConfig config, Parameter weight)
    {
        string name = AdaptableModule.FullName(model.Config, weight.Name);
        if (!model.IsTied || weight != model.TokenTable || !config.EnsureWeightTying)
            return [name];
        IEnumerable<string> names = ((string[])[name, "lm_head.weight"]).Where(each => config.ModulesToSave.Any(end => AdaptableModule.PathOf(each).EndsWith(end, StringComparison.Ordinal)));
        return names.Any() ? names : [name];
    }
}
