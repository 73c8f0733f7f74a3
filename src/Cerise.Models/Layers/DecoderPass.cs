using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Models.Layers;

/// <summary>One pass of a batch through a layer: attention, then feed-forward, each adding to the stream.</summary>
/// <param name="layer">The weights.</param>
/// <param name="next">The norm before the next layer, or before the head: it is computed together with the last addition. Null where the next layer reads the stream itself.</param>
/// <param name="plan">Which rows belong to which sequence.</param>
/// <param name="cache">Earlier keys and values of the sequences; null to attend within whole sequences.</param>
internal readonly struct DecoderPass(DecoderLayer layer, NormLayer? next, AttentionPlan plan, KeyValueBlocks? cache) : ILayer
{
    public (Tensor Stream, Tensor Normed) Forward(Tensor stream, Tensor normed)
    {
        Tensor attended = layer.Attention.Forward(normed, plan, cache);
        (stream, normed) = Add(stream, layer.AfterAttention, attended, layer.BeforeFeedForward);
        return Add(stream, layer.AfterFeedForward, layer.FeedForward.Forward(normed), next);
    }

    public Tensor Norm(Tensor stream) => layer.BeforeAttention?.Forward(stream) ?? stream;

    // The stream with a part's output added, and what the part after it reads.
    private static (Tensor Stream, Tensor Normed) Add(Tensor stream, NormLayer? after, Tensor branch, NormLayer? before)
    {
        branch = after?.Forward(branch) ?? branch;
        if (before is not null)
            return before.AddForward(stream, branch);
        stream += branch;
        return (stream, stream);
    }
}
