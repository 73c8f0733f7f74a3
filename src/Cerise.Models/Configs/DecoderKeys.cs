using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>The keys that families of Llama's shape share.</summary>
internal static class DecoderKeys
{
    /// <summary>Most channels of anything: far above any real model, and low enough that no product of two sizes overflows a long.</summary>
    public const int MostChannels = 1 << 20;

    /// <summary>Most ids, and most positions.</summary>
    public const int MostTokens = 1 << 30;

    private const string KeyValueHeads = "num_key_value_heads";

    /// <summary>Most layers.</summary>
    public const int MostLayers = 100_000;

    private static readonly (string Name, SafetensorsDType DType)[] DTypes =
    [
        ("float32", SafetensorsDType.F32), ("float16", SafetensorsDType.F16), ("bfloat16", SafetensorsDType.BF16), ("float64", SafetensorsDType.F64),
    ];

    /// <summary>Reads the shared keys.</summary>
    public static ModelConfig Read(JsonFields fields, string modelType, DecoderDefaults defaults)
    {
        int heads = fields.Int("num_attention_heads", 1, MostChannels), hidden = fields.Int("hidden_size", 1, MostChannels);
        int maxPositions = fields.OptionalInt("max_position_embeddings", 1, MostTokens) ?? defaults.MaxPositions;
        RopeSettings rope = RopeFields.Read(fields, maxPositions, defaults);
        int? headDim = fields.OptionalInt("head_dim", 1, MostChannels) ?? defaults.HeadDim;
        if (headDim is null && hidden % heads != 0)
            throw fields.Fault("hidden_size", $"is {hidden}, no multiple of {heads} heads; without 'head_dim' it has to be");
        return ReadCommon(fields, new ModelConfig
        {
            ModelType = modelType,
            HiddenSize = hidden,
            HiddenActivation = ActivationNames.Read(fields, "hidden_act", Activation.Silu),
            IntermediateSize = fields.Int("intermediate_size", 1, MostChannels),
            NumHiddenLayers = fields.Int("num_hidden_layers", 1, MostLayers),
            NumAttentionHeads = heads,
            NumKeyValueHeads = fields.OptionalInt(KeyValueHeads, 1, MostChannels) ?? (fields.Keys.Contains(KeyValueHeads) ? 0 : FittingHeads(defaults, heads)),
            HeadDim = headDim ?? 0,
            VocabSize = fields.Int("vocab_size", 1, MostTokens),
            MaxPositionEmbeddings = maxPositions,
            RmsNormEps = fields.OptionalDouble("rms_norm_eps") ?? defaults.RmsNormEps,
            RopeTheta = rope.Theta,
            RopeScaling = rope.Scaling,
            PartialRotaryFactor = rope.PartialRotaryFactor,
            TieWordEmbeddings = defaults.TieWordEmbeddings,
        });
    }

    /// <summary>Reads the keys of any family: whether the head is tied (as the config says where the key is missing), ids, types.</summary>
    public static ModelConfig ReadCommon(JsonFields fields, ModelConfig config)
    {
        if (fields.Has("quantization_config"))
            throw fields.Fault("quantization_config", "is set: the weights are quantized. Take the checkpoint in BF16, F16 or F32");
        return config with
        {
            TieWordEmbeddings = fields.OptionalBool("tie_word_embeddings") ?? config.TieWordEmbeddings,
            InitializerRange = fields.OptionalDouble("initializer_range") ?? 0.02,
            BosTokenId = fields.Id("bos_token_id"),
            EosTokenIds = fields.Ids("eos_token_id"),
            PadTokenId = fields.Id("pad_token_id"),
            DType = ReadDType(fields, "dtype") ?? ReadDType(fields, "torch_dtype"),
        };
    }

    /// <summary>The keys of any family, as they are written.</summary>
    public static IReadOnlyList<ConfigKey<ModelConfig>> Common { get; } =
    [
        // Follows the family: a loaded config that stays in its family keeps what it says, which may name another head.
        new("architectures", config => new JsonArray(ModelFamilies.Find(config.ModelType)?.Architecture)),
        new("model_type", config => config.ModelType),
        new("vocab_size", config => config.VocabSize),
        new("tie_word_embeddings", config => config.TieWordEmbeddings),
        new("initializer_range", config => config.InitializerRange),
        new("bos_token_id", config => config.BosTokenId),
        new("eos_token_id", config => ConfigJson.Ids(config.EosTokenIds)),
        new("pad_token_id", config => config.PadTokenId),
        new(WriteDType),
        new("use_cache", _ => true),
    ];

    /// <summary>The keys of a decoder of Llama's shape, as they are written.</summary>
    public static IReadOnlyList<ConfigKey<ModelConfig>> All { get; } =
    [
        .. Common,
        new("hidden_act", config => ActivationNames.Of(config.HiddenActivation)),
        new("hidden_size", config => config.HiddenSize),
        new("intermediate_size", config => config.IntermediateSize),
        new("num_hidden_layers", config => config.NumHiddenLayers),
        new("num_attention_heads", config => config.NumAttentionHeads),
        new("num_key_value_heads", config => config.NumKeyValueHeads),
        new("head_dim", config => config.HeadDim),
        new("max_position_embeddings", config => config.MaxPositionEmbeddings),
        new("rms_norm_eps", config => config.RmsNormEps),
        new((root, config) => RopeFields.Write(root, new(config.RopeTheta, config.RopeScaling, config.PartialRotaryFactor))),
    ];

    /// <summary>What does not fit together, in full sentences.</summary>
    public static List<string> Faults(ModelConfig config)
    {
        var faults = new List<string>();
        (string Key, int Value)[] sizes =
        [
            ("hidden_size", config.HiddenSize), ("intermediate_size", config.IntermediateSize), ("num_hidden_layers", config.NumHiddenLayers),
            ("num_attention_heads", config.NumAttentionHeads), ("num_key_value_heads", config.NumKeyValueHeads), ("head_dim", config.HeadDim),
            ("vocab_size", config.VocabSize), ("max_position_embeddings", config.MaxPositionEmbeddings),
        ];
        faults.AddRange(sizes.Where(size => size.Value < 1).Select(size => $"'{size.Key}' is {size.Value}; at least 1 is expected."));
        if (faults.Count > 0)
            return faults;
        if (config.NumAttentionHeads % config.NumKeyValueHeads != 0)
            faults.Add($"'num_key_value_heads' is {config.NumKeyValueHeads}, no divisor of the {config.NumAttentionHeads} attention heads.");
        bool rotates = ModelFamilies.Find(config.ModelType) is not { HasLearnedPositions: true };
        if (rotates && (config.RotaryDim % 2 != 0 || config.RotaryDim < 2))
            faults.Add(config.PartialRotaryFactor == 1
                ? $"'head_dim' is {config.HeadDim}; rotary positions need an even number of channels a head."
                : $"'partial_rotary_factor' makes {config.RotaryDim} of the {config.HeadDim} channels of a head; rotary positions need an even number of them.");
        if (rotates && config.RopeScaling is RopeScaling.LongRope longRope && (longRope.ShortFactor.Count, longRope.LongFactor.Count) != (config.RotaryDim / 2, config.RotaryDim / 2))
            faults.Add($"'short_factor' and 'long_factor' have {longRope.ShortFactor.Count} and {longRope.LongFactor.Count} numbers; {config.RotaryDim / 2} are expected, one for each pair of rotated channels.");
        if ((long)config.HeadDim * config.NumAttentionHeads > MostChannels)
            faults.Add($"{config.NumAttentionHeads} heads of {config.HeadDim} are more than {MostChannels} channels.");
        if (config.SlidingWindow < 0)
            faults.Add($"'sliding_window' is {config.SlidingWindow}; at least 1 is expected, or null for none.");
        if (config.WindowedLayers is { } windowed && windowed.Count != config.NumHiddenLayers)
            faults.Add($"'layer_types' has {windowed.Count} entries for {config.NumHiddenLayers} layers; one each is expected.");
        if (config.SlidingWindowPattern < 1)
            faults.Add($"'sliding_window_pattern' is {config.SlidingWindowPattern}; at least 1 is expected.");
        if (!(config.QueryPreAttnScalar is null or (> 1e-30 and < 1e30)))
            faults.Add($"'query_pre_attn_scalar' is {config.QueryPreAttnScalar}; a number above 0 is expected, such as the channels of a head.");
        if (!(config.AttentionSoftCap is >= 0 and < 1e30 && config.LogitSoftCap is >= 0 and < 1e30))
            faults.Add("'attn_logit_softcapping' or 'final_logit_softcapping' is no bound; a number above 0 is expected, or null for none.");
        if (!(config.LocalRopeTheta > 0))
            faults.Add("'rope_local_base_freq' is not above 0.");
        if (!(config.RmsNormEps > 0))
            faults.Add("'rms_norm_eps' is not above 0.");
        if (!(config.InitializerRange >= 0))
            faults.Add("'initializer_range' is below 0.");
        return faults;
    }

    private static int FittingHeads(DecoderDefaults defaults, int heads) => defaults.KeyValueHeads is int known && heads % known == 0 ? known : 0;

    private static SafetensorsDType? ReadDType(JsonFields fields, string key)
    {
        if (fields.OptionalString(key) is not string name)
            return null;
        foreach ((string known, SafetensorsDType dtype) in DTypes)
            if (name == known || name == "torch." + known)
                return dtype;
        throw fields.Fault(key, $"is {CheckpointException.Quote(name)}; known are {string.Join(", ", DTypes.Select(row => row.Name))}");
    }

    private static void WriteDType(JsonObject root, ModelConfig config)
    {
        // The older name is the one every reader knows; a file that has the newer one keeps it.
        string key = root.ContainsKey("dtype") ? "dtype" : "torch_dtype";
        if (config.DType is SafetensorsDType dtype)
            root[key] = DTypes.First(row => row.DType == dtype).Name;
        else
            root.Remove(key);
    }
}
