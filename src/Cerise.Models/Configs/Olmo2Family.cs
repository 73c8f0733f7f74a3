using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>
/// OLMo 2 (arXiv:2501.00656): attention and feed-forward read the stream itself and are normalized before they are added to it, x + norm(f(x)); queries and keys
/// have an RMSNorm over all their heads at once.
/// </summary>
internal sealed class Olmo2Family : IModelFamily
{
    public string ModelType => "olmo2";

    public string Architecture => "Olmo2ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        new("attention_bias", config => config.QkvBias),
    ];

    public ModelConfig Read(JsonFields fields)
    {
        bool attentionBias = fields.OptionalBool("attention_bias") ?? false;
        return DecoderKeys.Read(fields, ModelType, new() { MaxPositions = 2048, RmsNormEps = 1e-5 }) with
        {
            QkvBias = attentionBias,
            AttentionOutputBias = attentionBias,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias != config.AttentionOutputBias || config.MlpBias)
            yield return "The olmo2 family has a bias in all four attention projections or in none ('attention_bias'), and none in the MLP.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config;

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, Layer);

    private static LayerDesign Layer(ModelConfig config, int index)
    {
        TensorScope layer = LlamaDesign.Scope(config, index);
        return new LayerDesign
        {
            Attention = LlamaDesign.Attention(config, index) with
            {
                QueryNorm = layer.RmsNorm("self_attn.q_norm", layer.Queries),
                KeyNorm = layer.RmsNorm("self_attn.k_norm", layer.KeyValues),
            },
            AfterAttention = layer.RmsNorm("post_attention_layernorm", layer.Hidden),
            FeedForward = LlamaDesign.FeedForward(config, index),
            AfterFeedForward = layer.RmsNorm("post_feedforward_layernorm", layer.Hidden),
        };
    }
}
