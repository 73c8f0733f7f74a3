namespace Cerise.Models.Layers;

/// <summary>One block of a decoder, as <see cref="Configs.LayerDesign"/> describes it.</summary>
internal sealed record DecoderLayer(
    NormLayer? BeforeAttention, AttentionLayer Attention, NormLayer? AfterAttention,
    NormLayer? BeforeFeedForward, FeedForwardLayer FeedForward, NormLayer? AfterFeedForward);
