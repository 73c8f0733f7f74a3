using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>The keys that families of Llama's shape share.</summary>
internal static class DecoderKeys
{
    // Far above any real model, and low enough that no product of two sizes overflows a long.
    private const int MostChannels = 1 << 20;
    private const int MostTokens = 1 << 30;

    private static readonly (string Name, SafetensorsDType DType)[] DTypes =
    [
        ("float32", SafetensorsDType.F32), ("float16", SafetensorsDType.F16), ("bfloat16", SafetensorsDType.BF16), ("float64", SafetensorsDType.F64),
    ];

    /// <summary>Reads the shared keys; defaults of missing ones are those of transformers.</summary>
    public static ModelConfig Read(JsonFields fields, string modelType, int defaultMaxPositions)
    {
        if (fields.Has("quantization_config"))
            throw fields.Fault("quantization_config", "is set: the weights are quantized. Take the checkpoint in BF16, F16 or F32");
        int heads = fields.Int("num_attention_heads", 1, MostChannels), hidden = fields.Int("hidden_size", 1, MostChannels);
        int maxPositions = fields.OptionalInt("max_position_embeddings", 1, MostTokens) ?? defaultMaxPositions;
        (double theta, RopeScaling? scaling) = RopeFields.Read(fields, maxPositions);
        int? headDim = fields.OptionalInt("head_dim", 1, MostChannels);
        if (headDim is null && hidden % heads != 0)
            throw fields.Fault("hidden_size", $"is {hidden}, no multiple of {heads} heads; without 'head_dim' it has to be");
        return new ModelConfig
        {
            ModelType = modelType,
            HiddenSize = hidden,
            HiddenActivation = ActivationNames.Read(fields, "hidden_act", Activation.Silu),
            IntermediateSize = fields.Int("intermediate_size", 1, MostChannels),
            NumHiddenLayers = fields.Int("num_hidden_layers", 1, 100_000),
            NumAttentionHeads = heads,
            NumKeyValueHeads = fields.OptionalInt("num_key_value_heads", 1, MostChannels) ?? 0,
            HeadDim = headDim ?? 0,
            VocabSize = fields.Int("vocab_size", 1, MostTokens),
            MaxPositionEmbeddings = maxPositions,
            RmsNormEps = fields.OptionalDouble("rms_norm_eps") ?? 1e-6,
            RopeTheta = theta,
            RopeScaling = scaling,
            TieWordEmbeddings = fields.OptionalBool("tie_word_embeddings") ?? false,
            InitializerRange = fields.OptionalDouble("initializer_range") ?? 0.02,
            BosTokenId = fields.Id("bos_token_id"),
            EosTokenIds = fields.Ids("eos_token_id"),
            PadTokenId = fields.Id("pad_token_id"),
            DType = ReadDType(fields, "dtype") ?? ReadDType(fields, "torch_dtype"),
        };
    }

    /// <summary>The shared keys, as they are written.</summary>
    public static IReadOnlyList<ConfigKey<ModelConfig>> All { get; } =
    [
        // Follows the family: a loaded config that stays in its family keeps what it says, which may name another head.
        new("architectures", config => new JsonArray(ModelFamilies.Find(config.ModelType)?.Architecture)),
        new("model_type", config => config.ModelType),
        new("hidden_act", config => ActivationNames.Of(config.HiddenActivation)),
        new("hidden_size", config => config.HiddenSize),
        new("intermediate_size", config => config.IntermediateSize),
        new("num_hidden_layers", config => config.NumHiddenLayers),
        new("num_attention_heads", config => config.NumAttentionHeads),
        new("num_key_value_heads", config => config.NumKeyValueHeads),
        new("head_dim", config => config.HeadDim),
        new("vocab_size", config => config.VocabSize),
        new("max_position_embeddings", config => config.MaxPositionEmbeddings),
        new("rms_norm_eps", config => config.RmsNormEps),
        new((root, config) => RopeFields.Write(root, config.RopeTheta, config.RopeScaling)),
        new("tie_word_embeddings", config => config.TieWordEmbeddings),
        new("initializer_range", config => config.InitializerRange),
        new("bos_token_id", config => config.BosTokenId),
        new("eos_token_id", config => ConfigJson.Ids(config.EosTokenIds)),
        new("pad_token_id", config => config.PadTokenId),
        new(WriteDType),
        new("use_cache", _ => true),
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
        if (config.HeadDim % 2 != 0)
            faults.Add($"'head_dim' is {config.HeadDim}; rotary positions need an even number of channels a head.");
        if ((long)config.HeadDim * config.NumAttentionHeads > MostChannels)
            faults.Add($"{config.NumAttentionHeads} heads of {config.HeadDim} are more than {MostChannels} channels.");
        if (!(config.RmsNormEps > 0))
            faults.Add("'rms_norm_eps' is not above 0.");
        if (!(config.InitializerRange >= 0))
            faults.Add("'initializer_range' is below 0.");
        return faults;
    }

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
