using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>The keys that Gemma 2 and 3 share beside those of Llama's shape.</summary>
internal static class GemmaKeys
{
    /// <summary>The keys, as they are written: caps, window and tokens even where there are none, for missing keys have defaults.</summary>
    public static IReadOnlyList<ConfigKey<ModelConfig>> All { get; } =
    [
        .. DecoderKeys.All,
        new("attention_bias", config => config.QkvBias),
        new("hidden_activation", config => ActivationNames.Of(config.HiddenActivation)),
        new("query_pre_attn_scalar", config => config.QueryPreAttnScalar ?? config.HeadDim),
        new((root, config) => root["attn_logit_softcapping"] = config.AttentionSoftCap == 0 ? null : config.AttentionSoftCap),
        new((root, config) => root["final_logit_softcapping"] = config.LogitSoftCap == 0 ? null : config.LogitSoftCap),
        new((root, config) => root["sliding_window"] = config.SlidingWindow == 0 ? null : config.SlidingWindow),
        new((root, config) => root["bos_token_id"] = config.BosTokenId),
        new((root, config) => root["eos_token_id"] = ConfigJson.Ids(config.EosTokenIds)),
        new((root, config) => root["pad_token_id"] = config.PadTokenId),
    ];

    /// <summary>Reads the keys.</summary>
    /// <param name="fields">The config, with what its missing keys stand for.</param>
    /// <param name="modelType">The family.</param>
    /// <param name="defaults">What other missing keys stand for.</param>
    public static ModelConfig Read(JsonFields fields, string modelType, DecoderDefaults defaults)
    {
        ModelConfig config = DecoderKeys.Read(fields, modelType, defaults);
        bool attentionBias = fields.OptionalBool("attention_bias") ?? false;
        return config with
        {
            QkvBias = attentionBias,
            AttentionOutputBias = attentionBias,
            HiddenActivation = ActivationNames.Read(fields, "hidden_activation", Activation.GeluTanh),
            QueryPreAttnScalar = fields.OptionalDouble("query_pre_attn_scalar"),
            AttentionSoftCap = fields.OptionalDouble("attn_logit_softcapping") ?? 0,
            LogitSoftCap = fields.OptionalDouble("final_logit_softcapping") ?? 0,
            SlidingWindow = fields.OptionalInt("sliding_window", 1, int.MaxValue) ?? 0,
            WindowedLayers = LayerTypes.Read(fields, config.NumHiddenLayers),
        };
    }

    /// <summary>What neither family can express, in full sentences.</summary>
    public static IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias != config.AttentionOutputBias || config.MlpBias)
            yield return $"The {config.ModelType} family has a bias in all four attention projections or in none ('attention_bias'), and none in the MLP.";
    }
}
