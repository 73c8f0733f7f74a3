using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>Grouped-query self-attention with rotary positions (Ainslie et al. 2023, arXiv:2305.13245).</summary>
internal sealed record AttentionLayer(LinearLayer Query, LinearLayer Key, LinearLayer Value, LinearLayer Output, int HeadDim)
{
    /// <param name="x">Normalized stream, [tokens, hidden].</param>
    /// <param name="rotary">Cosines and sines.</param>
    /// <param name="plan">Which rows belong to which sequence.</param>
    /// <param name="cache">Earlier keys and values of the sequences, to which the rows' are added; null to attend within whole sequences.</param>
    /// <returns>What attention adds to the stream, [tokens, hidden].</returns>
    public Tensor Forward(Tensor x, RotaryTable rotary, AttentionPlan plan, KeyValueBlocks? cache)
    {
        (Tensor queries, Tensor keys, Tensor values) = LinearLayer.Forward(x, Query, Key, Value);
        queries = queries.Rotary(rotary, plan.Positions, HeadDim);                      // [tokens, heads * headDim]
        keys = keys.Rotary(rotary, plan.Positions, HeadDim);                            // [tokens, kvHeads * headDim]
        Tensor attended = cache is { } blocks ? queries.CachedAttention(keys, values, plan, blocks) : queries.Attention(keys, values, plan, HeadDim);
        return Output.Forward(attended);
    }
}
