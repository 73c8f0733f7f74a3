using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>Grouped-query self-attention (Ainslie et al. 2023, arXiv:2305.13245), as <see cref="Configs.AttentionDesign"/> describes it.</summary>
internal sealed record AttentionLayer(
    LinearLayer Query, LinearLayer Key, LinearLayer Value, NormLayer? QueryNorm, NormLayer? KeyNorm, RotaryTables? Rotary, LinearLayer Output, int HeadDim)
{
    /// <param name="x">What attention reads: the stream or its norm, [tokens, hidden].</param>
    /// <param name="plan">Which rows belong to which sequence.</param>
    /// <param name="cache">Earlier keys and values of the sequences, to which the rows' are added; null to attend within whole sequences.</param>
    /// <returns>What attention adds to the stream, [tokens, hidden].</returns>
    public Tensor Forward(Tensor x, AttentionPlan plan, KeyValueBlocks? cache)
    {
        (Tensor queries, Tensor keys, Tensor values) = LinearLayer.Forward(x, Query, Key, Value);
        queries = QueryNorm?.Forward(queries) ?? queries;                               // [tokens, heads * headDim]
        keys = KeyNorm?.Forward(keys) ?? keys;                                          // [tokens, kvHeads * headDim]
        if (Rotary?.For(plan.LongestSequence) is { } table)
        {
            queries = queries.Rotary(table, plan.Positions, HeadDim);
            keys = keys.Rotary(table, plan.Positions, HeadDim);
        }
        Tensor attended = cache is { } blocks ? queries.CachedAttention(keys, values, plan, blocks) : queries.Attention(keys, values, plan, HeadDim);
        return Output.Forward(attended);
    }
}
