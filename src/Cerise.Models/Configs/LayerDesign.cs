namespace Cerise.Models.Configs;

/// <summary>One block of a decoder: attention, then feed-forward, each adding to the residual stream, with norms before, after or around it.</summary>
/// <remarks>stream += after(part(before(stream))); a norm that is null is left out.</remarks>
internal sealed record LayerDesign
{
    /// <summary>Of the stream, before attention reads it.</summary>
    public NormDesign? BeforeAttention { get; init; }

    /// <summary>Self-attention.</summary>
    public required AttentionDesign Attention { get; init; }

    /// <summary>Of what attention adds to the stream.</summary>
    public NormDesign? AfterAttention { get; init; }

    /// <summary>Of the stream, before the feed-forward layer reads it.</summary>
    public NormDesign? BeforeFeedForward { get; init; }

    /// <summary>The feed-forward layer.</summary>
    public required FeedForwardDesign FeedForward { get; init; }

    /// <summary>Of what the feed-forward layer adds to the stream.</summary>
    public NormDesign? AfterFeedForward { get; init; }

    /// <summary>All tensors, in the order of the forward pass.</summary>
    public IEnumerable<ExpectedTensor> Tensors =>
    [
        .. NormDesign.TensorsOf(BeforeAttention), .. Attention.Tensors, .. NormDesign.TensorsOf(AfterAttention),
        .. NormDesign.TensorsOf(BeforeFeedForward), .. FeedForward.Tensors, .. NormDesign.TensorsOf(AfterFeedForward),
    ];
}
