using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;

namespace Cerise.Models.Adapters;

/// <summary>How <see cref="LoraConfig"/> is spelled in <c>adapter_config.json</c>.</summary>
internal static class LoraConfigFile
{
    private const long MaxFileBytes = 1_000_000;
    private const int MostPatterns = 10_000;
    private const int HighestRank = 65_536;
    private const string ElsewhereMerge = "Merge the adapter into its base with PEFT (merge_and_unload) and load that instead";

    // Keys that say nothing about what the weights mean: bookkeeping, and how they once were initialized or trained.
    private static readonly HashSet<string> WithoutMeaning =
    [
        "auto_mapping", "peft_version", "revision", "inference_mode", "task_type", "loftq_config", "eva_config", "corda_config", "lora_ga_config", "megatron_core",
        "runtime_config", "qalora_group_size", "fan_in_fan_out",
    ];

    // Keys that are read, and those that are refused with a word of their own.
    private static readonly HashSet<string> Known =
    [
        "peft_type", "r", "lora_alpha", "lora_dropout", "use_rslora", "use_dora", "target_modules", "exclude_modules", "modules_to_save", "layers_to_transform",
        "layers_pattern", "rank_pattern", "alpha_pattern", "base_model_name_or_path", "ensure_weight_tying", "bias", "lora_bias", "init_lora_weights",
    ];

    // Initializations that change the base weights as well, so that the factors do not fit the weights the base's own files hold.
    private static readonly string[] ChangesTheBase = ["pissa", "olora", "corda", "loftq", "lora_ga"];

    public static LoraConfig Load(string file)
    {
        if (!File.Exists(file))
            throw new CheckpointException(file, "there is no such file. Name a folder in PEFT's layout: adapter_config.json and adapter_model.safetensors.");
        return Read(JsonFields.Load(file, MaxFileBytes));
    }

    public static LoraConfig Read(JsonFields fields)
    {
        if (!string.Equals(fields.String("peft_type"), "LORA", StringComparison.OrdinalIgnoreCase))
            throw fields.Fault("peft_type", $"is {CheckpointException.Quote(fields.String("peft_type"))}; only LORA is supported");
        if (fields.OptionalString("bias") is { } bias && bias != "none")
            throw fields.Fault("bias", $"is {CheckpointException.Quote(bias)}; only 'none' is supported, since trained biases change the base model too. {ElsewhereMerge}");
        if (!fields.IsEmpty("lora_bias"))
            throw fields.Fault("lora_bias", $"is set; a bias of the factors is not supported. {ElsewhereMerge}");
        if (fields.IsString("init_lora_weights") && fields.OptionalString("init_lora_weights") is { } init && ChangesTheBase.Any(name => init.StartsWith(name, StringComparison.Ordinal)))
            throw fields.Fault("init_lora_weights", $"is {CheckpointException.Quote(init)}, which changes the base weights too. Save the adapter with PEFT's path_initial_model_for_weight_conversion, which makes it a plain one");
        foreach (string key in fields.Keys)
            if (!Known.Contains(key) && !WithoutMeaning.Contains(key) && !fields.IsEmpty(key))
                throw fields.Fault(key, $"is set, and is not supported: without it the adapter would mean something else. {ElsewhereMerge}");

        return new LoraConfig
        {
            R = fields.OptionalInt("r", 1, HighestRank) ?? 8,
            LoraAlpha = Positive(fields, "lora_alpha") ?? 8,
            LoraDropout = Dropout(fields),
            UseRslora = fields.OptionalBool("use_rslora") ?? false,
            UseDora = fields.OptionalBool("use_dora") ?? false,
            TargetModules = Selection(fields, "target_modules")
                ?? throw fields.Fault("target_modules", "is missing; a list of module names, an expression or 'all-linear' is expected"),
            ExcludeModules = Selection(fields, "exclude_modules"),
            ModulesToSave = fields.Strings("modules_to_save"),
            // PEFT takes an empty list, or an empty name, for none.
            LayersToTransform = fields.Ids("layers_to_transform") is { Length: > 0 } layers ? layers : null,
            LayersPattern = [.. fields.StringOrStrings("layers_pattern").Where(name => name.Length > 0)],
            RankPattern = [.. Patterns(fields, "rank_pattern").Select(pair => KeyValuePair.Create(pair.Key, Rank(fields, pair)))],
            AlphaPattern = Patterns(fields, "alpha_pattern"),
            BaseModelNameOrPath = fields.OptionalString("base_model_name_or_path"),
            EnsureWeightTying = fields.OptionalBool("ensure_weight_tying") ?? false,
            FanInFanOut = fields.OptionalBool("fan_in_fan_out") ?? false,
        };
    }

    public static string Write(LoraConfig config)
    {
        JsonObject root = new()
        {
            ["alpha_pattern"] = new JsonObject(config.AlphaPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Number(pair.Value)))),
            ["auto_mapping"] = null,
            ["base_model_name_or_path"] = config.BaseModelNameOrPath,
            ["bias"] = "none",
            ["fan_in_fan_out"] = config.FanInFanOut,
            ["inference_mode"] = true,
            ["init_lora_weights"] = true,
            ["layers_pattern"] = config.LayersPattern.Count == 0 ? null : Names(config.LayersPattern),
            ["layers_to_transform"] = config.LayersToTransform is { } layers ? new JsonArray([.. layers.Select(layer => (JsonNode)layer)]) : null,
            ["lora_alpha"] = Number(config.LoraAlpha),
            ["lora_dropout"] = config.LoraDropout,
            ["modules_to_save"] = config.ModulesToSave.Count == 0 ? null : Names(config.ModulesToSave),
            ["peft_type"] = "LORA",
            ["r"] = config.R,
            ["rank_pattern"] = new JsonObject(config.RankPattern.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)pair.Value))),
            ["revision"] = null,
            ["target_modules"] = Selection(config.TargetModules),
            ["task_type"] = "CAUSAL_LM",
            ["use_dora"] = config.UseDora,
            ["use_rslora"] = config.UseRslora,
        };
        // Keys of later versions of PEFT, which earlier ones refuse.
        if (config.ExcludeModules is { } excluded)
            root["exclude_modules"] = Selection(excluded);
        if (config.EnsureWeightTying)
            root["ensure_weight_tying"] = true;
        return ConfigJson.Write(root);
    }

    private static ModuleSelection? Selection(JsonFields fields, string key)
    {
        if (!fields.Has(key))
            return null;
        if (!fields.IsString(key))
            return ModuleSelection.Of(fields.Strings(key));
        try
        {
            return ModuleSelection.Matching(fields.String(key));
        }
        catch (ArgumentException error)
        {
            throw fields.Fault(key, $"is no regular expression that can be read ({error.Message.TrimEnd('.')})");
        }
    }

    private static JsonNode Selection(ModuleSelection selection) => selection.Expression is { } expression ? expression : Names(selection.Names);

    private static IReadOnlyList<KeyValuePair<string, double>> Patterns(JsonFields fields, string key)
    {
        IReadOnlyList<KeyValuePair<string, double>> patterns = fields.Numbers(key);
        if (patterns.Count > MostPatterns)
            throw fields.Fault(key, $"has {patterns.Count} entries; at most {MostPatterns} are expected");
        foreach ((string pattern, double value) in patterns)
        {
            if (!(value > 0))
                throw fields.Fault(key, $"gives {CheckpointException.Quote(pattern)} {value}; a number above 0 is expected");
            try
            {
                ModulePattern.End(pattern);
            }
            catch (ArgumentException error)
            {
                throw fields.Fault(key, $"has {CheckpointException.Quote(pattern)}, which is no regular expression that can be read ({error.Message.TrimEnd('.')})");
            }
        }
        return patterns;
    }

    private static int Rank(JsonFields fields, KeyValuePair<string, double> pair) => pair.Value == Math.Floor(pair.Value) && pair.Value <= HighestRank
        ? (int)pair.Value
        : throw fields.Fault("rank_pattern", $"gives {CheckpointException.Quote(pair.Key)} {pair.Value}; a whole number from 1 to {HighestRank} is expected");

    private static double? Positive(JsonFields fields, string key) =>
        fields.OptionalDouble(key) is not { } value ? null : value > 0 ? value : throw fields.Fault(key, $"is {value}; a number above 0 is expected");

    private static double Dropout(JsonFields fields) =>
        fields.OptionalDouble("lora_dropout") is not { } value ? 0 : value is >= 0 and < 1 ? value : throw fields.Fault("lora_dropout", $"is {value}; a number in [0, 1) is expected");

    private static JsonArray Names(IReadOnlyList<string> names) => new([.. names.Select(name => (JsonNode)name)]);

    // PEFT's own files have whole alphas without a point.
    private static JsonNode Number(double value) => value == Math.Floor(value) && Math.Abs(value) < int.MaxValue ? (int)value : value;
}
