using System.Buffers;
using System.Text.RegularExpressions;
using Cerise.Models.Adapters;
using Cerise.Models.Configs;
using Cerise.Tensors;
using Cerise.Training.Recipes;

namespace Cerise.Training.Optimizers;

/// <summary>What is trained: all weights, all but some, or a LoRA adapter. Names are those of TRL's ModelConfig; the defaults follow "LoRA Without Regret" (Schulman et al. 2025).</summary>
public abstract record AdapterOptions : IOptions
{
    private static readonly SearchValues<char> OfExpressions = SearchValues.Create("*+?([|^$\\");

    /// <summary>Train a LoRA adapter and leave the weights as they are (arXiv:2106.09685). Default false.</summary>
    public bool UsePeft { get; init; }

    /// <summary>Rank of the adapter, at least 1. Default 16, as TRL's; 1 to 32 do for reinforcement learning, fine-tuning on much data wants up to 256.</summary>
    public int LoraR { get; init; } = 16;

    /// <summary>Numerator of the scale alpha / rank, above 0. Default 32, as TRL's: the best learning rate then hardly depends on the rank.</summary>
    public double LoraAlpha { get; init; } = 32;

    /// <summary>Share of the adapter's inputs that are set to zero while training, in [0, 1). Default 0; not for grpo, whose ratios would no longer begin at 1.</summary>
    public double LoraDropout { get; init; }

    /// <summary>
    /// Modules that get an adapter: ends of their names, such as <c>[q_proj, v_proj]</c>; one regular expression for whole names; <c>[all-linear]</c> (default) is every
    /// linear layer but the head, the feed-forward ones too, without which LoRA learns less.
    /// </summary>
    public IReadOnlyList<string> LoraTargetModules { get; init; } = [ModuleSelection.AllLinearName];

    /// <summary>Layers that get an adapter, by index from 0. Default none named: all.</summary>
    public IReadOnlyList<int> LoraLayersToTransform { get; init; } = [];

    /// <summary>Other ranks of some modules, by the ends of their names or expressions for them: <c>{down_proj: 32}</c>. Default none.</summary>
    public IReadOnlyDictionary<string, int> LoraRankPattern { get; init; } = new Dictionary<string, int>();

    /// <summary>Other alphas, likewise. Default none.</summary>
    public IReadOnlyDictionary<string, double> LoraAlphaPattern { get; init; } = new Dictionary<string, double>();

    /// <summary>Modules trained and saved whole beside the adapter, by the ends of their names, such as <c>[norm]</c>. Default none.</summary>
    public IReadOnlyList<string> LoraModulesToSave { get; init; } = [];

    /// <summary>Scale by alpha / sqrt(rank), which suits high ranks (rsLoRA, arXiv:2312.03732). Default false.</summary>
    public bool UseRslora { get; init; }

    /// <summary>Train magnitudes of the outputs apart from their directions (DoRA, arXiv:2402.09353). Default false; it costs another pass over each adapted output.</summary>
    public bool UseDora { get; init; }

    /// <summary>
    /// An adapter to begin with, in PEFT's layout: an earlier stage or a folder. With <see cref="UsePeft"/> it is trained further, with its own rank, scale and modules;
    /// without, it is merged into the weights first. Empty (default): a fresh one.
    /// </summary>
    public string Adapter { get; init; } = "";

    /// <summary>Save the model with the adapter merged in, as later stages and other programs read it, beside the adapter itself. Default true; false saves the adapter alone.</summary>
    public bool LoraMerge { get; init; } = true;

    /// <summary>
    /// Weights that are not trained where no adapter is, by name: <c>*</c> stands for any text, <c>[0-3]</c> for a number from 0 to 3, as in
    /// <c>[model.embed_tokens.*, "model.layers.[0-3].*"]</c>. They take no gradient and no optimizer state. Default none.
    /// </summary>
    public IReadOnlyList<string> FrozenParameters { get; init; } = [];

    /// <summary>The type the weights are stored in. Default float32; 16 bits, where only an adapter is trained, take half the memory.</summary>
    public DType Dtype { get; init; }

    /// <summary>
    /// Tokens of the longest sequence the model is used for. Default 0: <c>max_position_embeddings</c> of its config, for longrope the original context, beyond which its
    /// other factors hold, for short texts too.
    /// </summary>
    public int ContextLength { get; init; }

    /// <summary>Tokens of the longest sequence a model is used for.</summary>
    public int ContextOf(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        return ContextLength > 0 ? ContextLength : config.DefaultContextLength;
    }

    /// <summary>What is wrong with the settings.</summary>
    public virtual IEnumerable<string> Faults()
    {
        if (ContextLength < 0)
            yield return $"context_length is {ContextLength}; use a number of tokens, or 0 for what the model's config says";
        if (LoraR < 1)
            yield return $"lora_r is {LoraR}; use 1 or more, such as 16";
        if (!(LoraAlpha > 0 && double.IsFinite(LoraAlpha)))
            yield return $"lora_alpha is {LoraAlpha}; use a number above 0, such as 32";
        if (LoraDropout is not (>= 0 and < 1))
            yield return $"lora_dropout is {LoraDropout}; use a number in [0, 1), 0 for none";
        if (LoraTargetModules.Count == 0)
            yield return $"lora_target_modules is empty; name modules, such as [q_proj, v_proj], or [{ModuleSelection.AllLinearName}]";
        if (LoraLayersToTransform.Any(layer => layer < 0))
            yield return "lora_layers_to_transform has an index below 0; layers count from 0";
        if (LoraRankPattern.Any(pair => pair.Value < 1) || LoraAlphaPattern.Any(pair => !(pair.Value > 0)))
            yield return "lora_rank_pattern and lora_alpha_pattern take numbers above 0";
        if (ExpressionFault() is { } fault)
            yield return fault;
        if (UsePeft && FrozenParameters.Count > 0)
            yield return "frozen_parameters is set with use_peft, which freezes all weights; choose one of the two";
        if (!UsePeft && Dtype != DType.Float32)
            yield return $"dtype is {Dtype.Name()}, in which small updates of the weights are lost; use float32, or train an adapter with use_peft";
        if (!UsePeft && !LoraMerge)
            yield return "lora_merge is false without use_peft: there is no adapter to save in the model's place";
    }

    /// <summary>The adapter these settings ask for.</summary>
    /// <param name="isTied">Whether the model's head is its embedding: one of <see cref="LoraModulesToSave"/> then stays the other too.</param>
    public LoraConfig ToLoraConfig(bool isTied) => new()
    {
        R = LoraR,
        LoraAlpha = LoraAlpha,
        LoraDropout = LoraDropout,
        UseRslora = UseRslora,
        UseDora = UseDora,
        TargetModules = Targets(),
        LayersToTransform = LoraLayersToTransform.Count == 0 ? null : LoraLayersToTransform,
        RankPattern = [.. LoraRankPattern],
        AlphaPattern = [.. LoraAlphaPattern],
        ModulesToSave = LoraModulesToSave,
        EnsureWeightTying = isTied && LoraModulesToSave.Count > 0,
    };

    private ModuleSelection Targets() =>
        LoraTargetModules is [var only] && (only == ModuleSelection.AllLinearName || only.AsSpan().ContainsAny(OfExpressions)) ? ModuleSelection.Matching(only) : ModuleSelection.Of(LoraTargetModules);

    private string? ExpressionFault()
    {
        try
        {
            if (LoraTargetModules.Count > 0)
                Targets();
            foreach (string pattern in LoraRankPattern.Keys.Concat(LoraAlphaPattern.Keys))
                _ = new Regex(pattern);
            return null;
        }
        catch (ArgumentException error)
        {
            return $"lora_target_modules, lora_rank_pattern or lora_alpha_pattern has an expression that cannot be read: {error.Message}";
        }
    }
}
