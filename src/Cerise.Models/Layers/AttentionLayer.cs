using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>Grouped-query self-attention (Ainslie et al. 2023, arXiv:2305.13245), as <see cref="Configs.AttentionDesign"/> describes it.</summary>
/// <param name="QueryKeyValue">The three projections, or one that gives all.</param>
/// <param name="QueryNorm">Over the queries; null for none.</param>
/// <param name="KeyNorm">Over the keys; null for none.</param>
/// <param name="Rotary">Rotary positions; null for none.</param>
/// <param name="Settings">Scale, window and cap of the scores.</param>
/// <param name="Output">Back to the stream.</param>
internal sealed record AttentionLayer(
    LinearLayer[] QueryKeyValue, NormLayer? QueryNorm, NormLayer? KeyNorm, RotaryTables? Rotary, AttentionSettings Settings, LinearLayer Output)
{
    /// <param name="x">What attention reads: the stream or its norm, [tokens, hidden].</param>
    /// <param name="plan">Which rows belong to which sequence.</param>
    /// <param name="cache">Earlier keys and values of the sequences, to which the rows' are added; null to attend within whole sequences.</param>
    /// <returns>What attention adds to the stream, [tokens, hidden].</returns>
    public Tensor Forward(Tensor x, AttentionPlan plan, KeyValueBlocks? cache)
    {
        (Tensor queries, Tensor keys, Tensor values) = Project(x);
        queries = QueryNorm?.Forward(queries) ?? queries;                               // [tokens, heads * headDim]
        keys = KeyNorm?.Forward(keys) ?? keys;                                          // [tokens, kvHeads * headDim]
        if (Rotary?.For(plan.LongestSequence) is { } table)
        {
            queries = queries.Rotary(table, plan.Positions, Settings.HeadDim);
            keys = keys.Rotary(table, plan.Positions, Settings.HeadDim);
        }
        Tensor attended = cache is { } blocks ? queries.CachedAttention(keys, values, plan, blocks, Settings) : queries.Attention(keys, values, plan, Settings);
        return Output.Forward(attended);
    }

    private (Tensor Queries, Tensor Keys, Tensor Values) Project(Tensor x)
    {
        if (QueryKeyValue is [LinearLayer query, LinearLayer key, LinearLayer value])
            return LinearLayer.Forward(x, query, key, value);
        Tensor all = QueryKeyValue[0].Forward(x);
        int queries = Output.Weight.Shape.Columns;
        return all.Split(queries, (all.Shape.Columns - queries) / 2);
    }
}
