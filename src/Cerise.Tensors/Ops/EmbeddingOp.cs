using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The embedding table.</summary>
public static class EmbeddingOp
{
    /// <summary>Row ids[i] of the table for each i, times a factor.</summary>
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
        if (graph.Recording && table.Trainable)
            graph.Record(new Backprop(table, ids, scale, y), outputs: [y], keeps: []);
        return y;
    }

    private readonly struct Backprop(Parameter table, Indices ids, float scale, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.EmbeddingBackward(table, ids, scale, y.Gradient!);
    }
}
