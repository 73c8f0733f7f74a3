using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The embedding table.</summary>
public static class EmbeddingOp
{
    /// <summary>Row ids[i] of the table for each i, with what the table's <see cref="Parameter.LookupAdapter"/> adds, times a factor.</summary>
    /// <param name="graph">Owner of the result.</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="ids">Tokens.</param>
    /// <param name="scale">The factor; Gemma's square root of the channels (arXiv:2403.08295), 1 for most families.</param>
    /// <returns>[tokens, channels].</returns>
    /// <exception cref="ShapeException">An id is outside the table, or the table is not in panels.</exception>
    public static Tensor Embedding(this Graph graph, Parameter table, Indices ids, float scale = 1)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ids);
        table.RequirePanels("Embedding", "an embedding");
        Tensor y = graph.New(new Shape(ids.Count, table.Shape.Columns));
        graph.Device.Embedding(table, ids, scale, y);
        if (table.LookupAdapter is { } adapter)
            return Adapted(graph, table, ids, scale, adapter, y);
        if (graph.Recording && table.Trainable)
            graph.Record(new Backprop(table, ids, scale, y), outputs: [y], keeps: []);
        return y;
    }

    // y += scale s A^T[ids] B^T.
    private static Tensor Adapted(Graph graph, Parameter table, Indices ids, float scale, LowRankAdapter adapter, Tensor y)
    {
        Tensor reduced = adapter.Scale * graph.Embedding(adapter.Down, ids, scale);
        graph.Device.AddLinear(reduced, adapter.Up, y);
        if (graph.Wants(reduced) || (graph.Recording && (table.Trainable || adapter.Up.Trainable)))
            graph.Record(new AdaptedBackprop(table, ids, scale, adapter, reduced, y), outputs: [y], keeps: [reduced]);
        return y;
    }

    private readonly struct AdaptedBackprop(Parameter table, Indices ids, float scale, LowRankAdapter adapter, Tensor reduced, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            if (table.Trainable)
                graph.Device.EmbeddingBackward(table, ids, scale, y.Gradient!);
            if (graph.Wants(reduced))
                graph.Device.LinearBackwardInput(y.Gradient!, adapter.Up, graph.GradientOf(reduced, out bool accumulate), accumulate);
            if (adapter.Up.Trainable)
                graph.Device.LinearBackwardWeight(reduced, y.Gradient!, adapter.Up);
        }
    }

    private readonly struct Backprop(Parameter table, Indices ids, float scale, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.EmbeddingBackward(table, ids, scale, y.Gradient!);
    }
}
