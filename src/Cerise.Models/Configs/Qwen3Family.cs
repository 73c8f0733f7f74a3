using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Qwen3 (arXiv:2505.09388): Llama's architecture, with an RMSNorm over each head of queries and keys before they are rotated.</summary>
internal sealed class Qwen3Family : IModelFamily
{
    private const int DefaultHeadDim = 128;

    public string ModelType => "qwen3";

    public string Architecture => "Qwen3ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        new("attention_bias", config => config.QkvBias),
        .. QwenWindows.Keys,
    ];

    public ModelConfig Read(JsonFields fields)
    {
        bool attentionBias = fields.OptionalBool("attention_bias") ?? false;
        return QwenWindows.Read(fields, DecoderKeys.Read(fields, ModelType, new() { MaxPositions = 32_768, KeyValueHeads = 32, HeadDim = DefaultHeadDim })) with
        {
            QkvBias = attentionBias,
            AttentionOutputBias = attentionBias,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias != config.AttentionOutputBias || config.MlpBias)
            yield return "The qwen3 family has a bias in all four attention projections or in none ('attention_bias'), and none in the MLP.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config;

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, (all, index) => QwenWindows.Layer(all, index, Layer(all, index)));

    private static LayerDesign Layer(ModelConfig config, int index)
    {
        TensorScope layer = LlamaDesign.Scope(config, index);
        return LlamaDesign.Layer(config, index) with
        {
            Attention = LlamaDesign.Attention(config, index) with
            {
                QueryNorm = layer.HeadNorm("self_attn.q_norm"),
                KeyNorm = layer.HeadNorm("self_attn.k_norm"),
            },
        };
    }
}
