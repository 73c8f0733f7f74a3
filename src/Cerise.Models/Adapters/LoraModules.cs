using System.Text.RegularExpressions;
using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models.Adapters;

/// <summary>What a configuration means in a model: which modules have an adapter, of which rank and scale, and which weights are trained whole.</summary>
internal sealed class LoraModules
{
    private const string Head = "lm_head.weight";

    private readonly LoraConfig _config;
    private readonly Regex[] _layers;
    private readonly (Regex Pattern, int Rank)[] _ranks;
    private readonly (Regex Pattern, double Alpha)[] _alphas;

    /// <exception cref="AdapterException">A module named is not there, cannot have what it is to have, or a pattern takes too long.</exception>
    public LoraModules(CausalModel model, LoraConfig config)
    {
        _config = config;
        _layers = config.LayersPattern.Count == 0 ? [ModulePattern.LayerIndex(null)] : [.. config.LayersPattern.Select(name => Read("layers_pattern", name, ModulePattern.LayerIndex))];
        _ranks = [.. config.RankPattern.Select(pair => (Read("rank_pattern", pair.Key, ModulePattern.End), pair.Value))];
        _alphas = [.. config.AlphaPattern.Select(pair => (Read("alpha_pattern", pair.Key, ModulePattern.End), pair.Value))];
        try
        {
            bool savesHead = model.IsTied && IsSaved(Head);
            SavesHeadApart = savesHead && !config.EnsureWeightTying;
            Saved = [.. model.Parameters.Where(parameter => IsSaved(AdaptableModule.FullName(model.Config, parameter.Name)) || (savesHead && !SavesHeadApart && parameter == model.TokenTable))];
            UntiesHead = model.IsTied && !config.EnsureWeightTying && (savesHead || Saved.Contains(model.TokenTable));
            Targets = [.. AdaptableModule.Of(model).Where(module => IsTarget(module) && !Saved.Contains(module.Weight) && !(SavesHeadApart && module.IsHead)).Select(Target)];
        }
        catch (RegexMatchTimeoutException error)
        {
            throw new AdapterException($"the expression {CheckpointException.Quote(error.Pattern)} takes too long to match '{error.Input}'; write it without nested repetitions", error);
        }
        RequireFound(model);
        RequireFit(model);
    }

    /// <summary>Modules with an adapter, in the order of the forward pass.</summary>
    public IReadOnlyList<LoraTarget> Targets { get; }

    /// <summary>Weights trained and saved whole.</summary>
    public IReadOnlyList<Parameter> Saved { get; }

    /// <summary>Whether a head that is the embedding becomes one of its own, because one of the two is trained whole.</summary>
    public bool UntiesHead { get; }

    /// <summary>Whether such a head is itself trained and saved.</summary>
    public bool SavesHeadApart { get; }

    private bool IsTarget(AdaptableModule module)
    {
        if (_config.ExcludeModules?.Holds(module.Path, module.IsLinear) == true || !_config.TargetModules.Holds(module.Path, module.IsLinear))
            return false;
        // As in PEFT, a module named by its whole path is meant whatever the layers.
        if (_config.LayersToTransform is not { } layers || _config.TargetModules.Names.Contains(module.Path))
            return true;
        Match match = _layers.Select(pattern => pattern.Match(module.Path)).FirstOrDefault(match => match.Success) ?? Match.Empty;
        return match.Success && layers.Contains(int.Parse(match.Groups[^1].ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
    }

    // As in PEFT: the end of the path of the module, or of one that it is a part of.
    private bool IsSaved(string tensor)
    {
        for (string path = AdaptableModule.PathOf(tensor); path.Length > 0; path = path[..Math.Max(0, path.LastIndexOf('.'))])
            if (_config.ModulesToSave.Any(name => path.EndsWith(name, StringComparison.Ordinal)))
                return true;
        return false;
    }

    private LoraTarget Target(AdaptableModule module)
    {
        int rank = _ranks.FirstOrDefault(pair => pair.Pattern.IsMatch(module.Path)) is { Pattern: not null } found ? found.Rank : _config.R;
        double alpha = _alphas.FirstOrDefault(pair => pair.Pattern.IsMatch(module.Path)) is { Pattern: not null } other ? other.Alpha : _config.LoraAlpha;
        return new LoraTarget(module, rank, _config.Scale(rank, alpha));
    }

    private void RequireFound(CausalModel model)
    {
        string[] paths = [.. AdaptableModule.Of(model).Select(module => module.Path)];
        if (Targets.Count == 0 && Saved.Count == 0)
            throw new AdapterException($"target_modules ({CheckpointException.Quote(_config.TargetModules.ToString())}) names no module of this model; {Examples(paths)}");
        foreach (string name in _config.TargetModules.Names)
            if (!paths.Any(path => ModuleSelection.IsNamed(path, name)))
                throw new AdapterException($"target_modules: {CheckpointException.Quote(name)} names no module of this model; {Examples(paths)}");
        foreach (string name in _config.ModulesToSave)
            if (!model.Parameters.Any(parameter => HasEnd(AdaptableModule.PathOf(AdaptableModule.FullName(model.Config, parameter.Name)), name)) && !paths.Any(path => HasEnd(path, name)))
                throw new AdapterException($"modules_to_save: {CheckpointException.Quote(name)} names no module of this model; {Examples(paths)}");

        static bool HasEnd(string path, string name) => $".{path}.".Contains($"{name}.", StringComparison.Ordinal);
    }

    private void RequireFit(CausalModel model)
    {
        foreach (LoraTarget target in Targets)
            if (_config.UseDora && !target.Module.IsLinear)
                throw new AdapterException($"use_dora: '{target.Module.Path}' is no linear layer of the layers, and only these can have a magnitude. Leave it out of target_modules, or use LoRA for all");
        if (UntiesHead && AdaptableModule.Of(model).FirstOrDefault(module => !module.IsLinear && IsTarget(module) && !IsSaved(module.Path + ".weight")) is { } both)
            throw new AdapterException(
                $"target_modules names '{both.Path}', and modules_to_save the other of embedding and head, which are one table in this model: name both in one of the two");
    }

    private static Regex Read(string setting, string expression, Func<string, Regex> read)
    {
        try
        {
            return read(expression);
        }
        catch (ArgumentException error)
        {
            string reason = error is RegexParseException fault ? $"{fault.Error} at {fault.Offset}" : error.Message;
            throw new AdapterException($"{setting}: {CheckpointException.Quote(expression)} is no regular expression that can be read ({reason})", error);
        }
    }

    private static string Examples(string[] paths) =>
        $"its modules end in {string.Join(", ", paths.Select(path => path[(path.LastIndexOf('.') + 1)..]).Distinct().Order(StringComparer.Ordinal))}";
}

/// <summary>A module that is to have an adapter.</summary>
/// <param name="Module">The module.</param>
/// <param name="Rank">Numbers between the two factors.</param>
/// <param name="Scale">The factor on their product.</param>
internal sealed record LoraTarget(AdaptableModule Module, int Rank, float Scale);
