using Cerise.Tensors;

namespace Cerise.Models.Configs;

/// <summary>Llama's decoder and its parts (Touvron et al. 2023, arXiv:2302.13971), of which other families change one or two.</summary>
internal static class LlamaDesign
{
    /// <summary>How the names of all tensors but the head's begin.</summary>
    public const string Prefix = "model.";

    /// <summary>The decoder around the layers: embedding, last RMSNorm, head.</summary>
    /// <param name="config">The model.</param>
    /// <param name="layer">Makes a layer, of its index.</param>
    public static DecoderDesign Decoder(ModelConfig config, Func<ModelConfig, int, LayerDesign> layer)
    {
        TensorScope model = Scope(config);
        return new DecoderDesign
        {
            TokenEmbedding = model.Table("embed_tokens", TensorRole.TokenEmbedding, model.Vocab),
            Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(index => layer(config, index))],
            FinalNorm = model.RmsNorm("norm", model.Hidden),
            Head = config.TieWordEmbeddings ? null : new TensorScope(config, "").Table("lm_head", TensorRole.LmHead, model.Vocab),
        };
    }

    /// <summary>A pre-norm block: an RMSNorm before attention and before the feed-forward layer.</summary>
    public static LayerDesign Layer(ModelConfig config, int index)
    {
        TensorScope layer = Scope(config, index);
        return new LayerDesign
        {
            BeforeAttention = layer.RmsNorm("input_layernorm", layer.Hidden),
            Attention = Attention(config, index),
            BeforeFeedForward = layer.RmsNorm("post_attention_layernorm", layer.Hidden),
            FeedForward = FeedForward(config, index),
        };
    }

    /// <summary>Grouped-query attention with rotary positions.</summary>
    public static AttentionDesign Attention(ModelConfig config, int index)
    {
        TensorScope layer = Scope(config, index);
        return new AttentionDesign
        {
            QueryKeyValue =
            [
                layer.Linear("self_attn.q_proj", layer.Queries, layer.Hidden, config.QkvBias),
                layer.Linear("self_attn.k_proj", layer.KeyValues, layer.Hidden, config.QkvBias),
                layer.Linear("self_attn.v_proj", layer.KeyValues, layer.Hidden, config.QkvBias),
            ],
            Rotary = Rotary(config),
            Settings = new AttentionSettings(config.HeadDim) with { Window = config.SlidingWindow },
            Output = layer.Linear("self_attn.o_proj", layer.Hidden, layer.Queries, config.AttentionOutputBias),
        };
    }

    /// <summary>The feed-forward layer with a gate.</summary>
    public static FeedForwardDesign FeedForward(ModelConfig config, int index)
    {
        TensorScope layer = Scope(config, index);
        return new FeedForwardDesign
        {
            Inputs =
            [
                layer.Linear("mlp.gate_proj", layer.Inner, layer.Hidden, config.MlpBias),
                layer.Linear("mlp.up_proj", layer.Inner, layer.Hidden, config.MlpBias),
            ],
            Activation = config.HiddenActivation,
            Output = layer.Linear("mlp.down_proj", layer.Hidden, layer.Inner, config.MlpBias),
        };
    }

    /// <summary>Rotary positions as the config says.</summary>
    public static RotaryDesign Rotary(ModelConfig config) =>
        new(config.RopeTheta, config.RotaryDim, config.RopeScaling) { MaxPositions = config.MaxPositionEmbeddings };

    /// <summary>The tensors outside the layers.</summary>
    public static TensorScope Scope(ModelConfig config) => new(config, PrefixOf(config));

    /// <summary>The tensors of a layer.</summary>
    public static TensorScope Scope(ModelConfig config, int index) => new(config, $"{PrefixOf(config)}layers.{index}.", index);

    private static string PrefixOf(ModelConfig config) => config.HasBareNames ? "" : Prefix;
}
