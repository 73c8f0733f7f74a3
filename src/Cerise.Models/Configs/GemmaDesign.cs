using Cerise.Tensors;

namespace Cerise.Models.Configs;

/// <summary>What Gemma 2 and 3 share: Llama's decoder with norms around each part that multiply by 1 + weight, a scaled embedding, GeGLU, windows in some layers.</summary>
internal static class GemmaDesign
{
    /// <summary>The decoder around the layers. What is looked up is multiplied by sqrt(hidden), in the type of the activations, which is float32.</summary>
    public static DecoderDesign Decoder(ModelConfig config, Func<ModelConfig, int, LayerDesign> layer)
    {
        TensorScope model = LlamaDesign.Scope(config);
        return LlamaDesign.Decoder(config, layer) with
        {
            EmbeddingScale = Math.Sqrt(config.HiddenSize),
            FinalNorm = model.ShiftedRmsNorm("norm", model.Hidden),
            LogitSoftCap = config.LogitSoftCap,
        };
    }

    /// <summary>stream += norm(attention(norm(stream))), then the same with the feed-forward layer.</summary>
    /// <param name="config">The model.</param>
    /// <param name="index">The layer.</param>
    /// <param name="window">Keys a query sees; 0 for all.</param>
    public static LayerDesign Layer(ModelConfig config, int index, int window)
    {
        TensorScope layer = LlamaDesign.Scope(config, index);
        return new LayerDesign
        {
            BeforeAttention = layer.ShiftedRmsNorm("input_layernorm", layer.Hidden),
            Attention = LlamaDesign.Attention(config, index) with
            {
                Settings = new AttentionSettings(
                    config.HeadDim, (float)(1 / Math.Sqrt(config.QueryPreAttnScalar ?? config.HeadDim)), window, (float)config.AttentionSoftCap),
            },
            AfterAttention = layer.ShiftedRmsNorm("post_attention_layernorm", layer.Hidden),
            BeforeFeedForward = layer.ShiftedRmsNorm("pre_feedforward_layernorm", layer.Hidden),
            FeedForward = LlamaDesign.FeedForward(config, index),
            AfterFeedForward = layer.ShiftedRmsNorm("post_feedforward_layernorm", layer.Hidden),
        };
    }
}
