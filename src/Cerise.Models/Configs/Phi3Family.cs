using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>
/// Phi-3, Phi-3.5, Phi-4 and Phi-4-mini (arXiv:2404.14219, arXiv:2412.08905, arXiv:2503.01743): Llama's architecture with queries, keys and values made by one
/// projection, gate and up by another; heads that may be rotated in part; long contexts by longrope.
/// </summary>
internal sealed class Phi3Family : IModelFamily
{
    public string ModelType => "phi3";

    public string Architecture => "Phi3ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        new("sliding_window", config => config.SlidingWindow == 0 ? null : config.SlidingWindow),
    ];

    public ModelConfig Read(JsonFields fields)
    {
        return DecoderKeys.Read(fields, ModelType, new()
        {
            MaxPositions = 4096,
            OriginalMaxPositions = 4096,
            RmsNormEps = 1e-5,
            AllowsPartialRotary = true,
            RopeType = type => type is "su" or "yarn" ? "longrope" : type,                  // names of its first checkpoints
        }) with
        {
            SlidingWindow = fields.OptionalInt("sliding_window", 1, int.MaxValue) ?? 0,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias || config.AttentionOutputBias || config.MlpBias)
            yield return "The phi3 family has no biases.";
        if (config.RopeScaling is not (null or RopeScaling.LongRope))
            yield return $"The phi3 family stretches its context by longrope, not by {config.RopeScaling.RopeType}.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config;

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, Layer);

    private static LayerDesign Layer(ModelConfig config, int index)
    {
        TensorScope layer = LlamaDesign.Scope(config, index);
        LayerDesign llama = LlamaDesign.Layer(config, index);
        Size all = new(layer.Queries.Count + (2 * layer.KeyValues.Count), $"{layer.Queries.Reason} and twice {layer.KeyValues.Reason}");
        Size gateAndUp = new(2 * layer.Inner.Count, $"twice {layer.Inner.Reason}");
        return llama with
        {
            Attention = llama.Attention with { QueryKeyValue = [layer.Linear("self_attn.qkv_proj", all, layer.Hidden, hasBias: false)] },
            FeedForward = llama.FeedForward with { Inputs = [layer.Linear("mlp.gate_up_proj", gateAndUp, layer.Hidden, hasBias: false)] },
        };
    }
}
