using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>Causal grouped-query attention, over whole packed sequences and over a cache.</summary>
public static class AttentionOp
{
    /// <summary>Attention of whole sequences packed end to end, and of continuations that share one, with gradients.</summary>
    /// <remarks>
    /// What a continuation's rows give, and their gradients, have the bits they have where the continued sequence is repeated for each. The continued
    /// sequence's own gradients sum over its queries, then over those of its continuations in order.
    /// </remarks>
    /// <param name="queries">[tokens, heads * headDim].</param>
    /// <param name="keys">[tokens, kvHeads * headDim].</param>
    /// <param name="values">[tokens, kvHeads * headDim].</param>
    /// <param name="plan">Made by <see cref="AttentionPlan.Packed"/> from the sequences' lengths, or by <see cref="AttentionPlan.Append"/> and
    /// <see cref="AttentionPlan.AppendContinuation"/>.</param>
    /// <param name="settings">Channels of a head, and what is done with the scores.</param>
    /// <returns>[tokens, heads * headDim].</returns>
    public static Tensor Attention(this Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, AttentionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(plan);
        settings.Check("Attention");
        int headDim = settings.HeadDim;
        int kvHeads = keys.Shape.Columns / headDim;
        Check(queries, keys, values, plan, headDim, kvHeads);
        for (int s = 0; s < plan.Sequences; s++)
            ShapeException.Require(plan.IsContinuation(s) || plan.Sequence(s).FirstPosition == 0, "Attention", $"sequence {s} begins at position {plan.Sequence(s).FirstPosition}; without a cache its earlier keys are nowhere: use CachedAttention");
        Graph graph = queries.Graph;
        int columns = plan.BlocksNeeded * KeyValueBlocks.BlockSize;
        Tensor keyBlocks = graph.New(new Shape(columns, kvHeads * headDim));
        Tensor valueBlocks = graph.New(new Shape(columns, kvHeads * headDim));
        KeyValueBlocks blocks = Blocks(keyBlocks, valueBlocks, headDim);
        graph.Device.WriteKeyValues(keys, values, plan, blocks);
        Tensor y = graph.New(queries.Shape);
        Tensor logSumExp = graph.New(new Shape(queries.Shape.Rows, queries.Shape.Columns / headDim));
        graph.Device.Attention(queries, plan, blocks, settings, y, logSumExp);
        if (graph.Wants(queries) || graph.Wants(keys) || graph.Wants(values))
        {
            graph.Record(
                new Backprop(queries, keys, values, plan, settings, keyBlocks, valueBlocks, logSumExp, y),
                outputs: [y], keeps: [queries, keys, keyBlocks, valueBlocks, y], statistics: [logSumExp]);
        }
        return y;
    }

    /// <summary>The same with scores q k / sqrt(headDim) of all keys.</summary>
    /// <returns>[tokens, heads * headDim].</returns>
    public static Tensor Attention(this Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, int headDim) =>
        Attention(queries, keys, values, plan, new AttentionSettings(headDim));

    /// <summary>Attention of new rows over a cache, to which their keys and values are added first, with scores q k / sqrt(headDim) of all keys. No gradients.</summary>
    public static Tensor CachedAttention(this Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache) =>
        CachedAttention(queries, keys, values, plan, cache, new AttentionSettings(cache.HeadDim));

    /// <summary>Attention of new rows over a cache, to which their keys and values are added first. No gradients.</summary>
    /// <param name="queries">[rows, heads * headDim].</param>
    /// <param name="keys">[rows, kvHeads * headDim].</param>
    /// <param name="values">[rows, kvHeads * headDim].</param>
    /// <param name="plan">Which rows belong to which sequence, at which positions, and in which blocks its keys lie.</param>
    /// <param name="cache">Keys and values of earlier rows. Blocks that lie wholly before a sequence's window are not read.</param>
    /// <param name="settings">What is done with the scores.</param>
    /// <returns>[rows, heads * headDim], with the bits of <see cref="Attention(Tensor, Tensor, Tensor, AttentionPlan, AttentionSettings)"/> over the whole sequences.</returns>
    public static Tensor CachedAttention(this Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, KeyValueBlocks cache, AttentionSettings settings)
    {
        ArgumentNullException.ThrowIfNull(queries);
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(plan);
        settings.Check("Attention");
        ShapeException.Require(settings.HeadDim == cache.HeadDim, "Attention", $"the settings are for heads of {settings.HeadDim}, the cache holds heads of {cache.HeadDim}: make the cache for this layer");
        Check(queries, keys, values, plan, cache.HeadDim, cache.KvHeads);
        long held = Math.Min(cache.Keys.Length - cache.KeysOffset, cache.Values.Length - cache.ValuesOffset);
        ShapeException.Require(
            plan.BlocksNeeded * cache.BlockLength <= held, "Attention",
            $"the plan uses block {plan.BlocksNeeded - 1} of [{KeyValueBlocks.BlockSize}, {cache.KvHeads * cache.HeadDim}], the cache holds {held} numbers: plan within the cache or make it larger");
        Graph graph = queries.Graph;
        Tensor y = graph.New(queries.Shape);
        graph.Device.CachedAttention(queries, keys, values, plan, cache, settings, y, graph.New(new Shape(queries.Shape.Rows, queries.Shape.Columns / cache.HeadDim)));
        return y;
    }

    private static void Check(Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, int headDim, int kvHeads)
    {
        ShapeException.Require(
            keys.Shape == values.Shape && keys.Shape.Columns == kvHeads * headDim && queries.Shape.Rows == keys.Shape.Rows && queries.Shape.Columns % (kvHeads * headDim) == 0,
            "Attention", $"queries {queries.Shape}, keys {keys.Shape} and values {values.Shape} do not fit heads of {headDim} and {kvHeads} key heads: the query heads must be a multiple of the key heads");
        ShapeException.Require(plan.Rows == queries.Shape.Rows, "Attention", $"the plan has {plan.Rows} rows, the queries are {queries.Shape}: plan the sequences of this batch");
    }

    private static KeyValueBlocks Blocks(Tensor keys, Tensor values, int headDim) =>
        new(keys.Storage, keys.Offset, values.Storage, values.Offset, keys.Shape.Columns / headDim, headDim);

    private readonly struct Backprop(
        Tensor queries, Tensor keys, Tensor values, AttentionPlan plan, AttentionSettings settings, Tensor keyBlocks, Tensor valueBlocks, Tensor logSumExp, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor gradQueries = graph.New(queries.Shape);
            Tensor gradKeys = graph.New(keys.Shape);
            Tensor gradValues = graph.New(values.Shape);
            graph.Device.AttentionBackward(
                queries, keys, plan, Blocks(keyBlocks, valueBlocks, settings.HeadDim), settings, y, logSumExp, y.Gradient!, gradQueries, gradKeys, gradValues);
            graph.Give(gradQueries, queries);
            graph.Give(gradKeys, keys);
            graph.Give(gradValues, values);
        }
    }
}
