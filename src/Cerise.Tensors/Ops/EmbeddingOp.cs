using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The embedding table.</summary>
public static class EmbeddingOp
{
    /// <summary>Row ids[i] of the table for each i.</summary>
    /// <param name="graph">Owner of the result.</param>
    /// <param name="table">[vocab, channels], in panels.</param>
    /// <param name="ids">Tokens.</param>
    /// <returns>[tokens, channels].</returns>
    /// <exception cref="ShapeException">An id is outside the table, or the table is not in panels.</exception>
    public static Tensor Embedding(this Graph graph, Parameter table, Indices ids)
    {
        ArgumentNullException.ThrowIfNull(graph);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(ids);
        table.RequirePanels("Embedding", "an embedding");
        Tensor y = graph.New(new Shape(ids.Count, table.Shape.Columns));
        graph.Device.Embedding(table, ids, y);
        if (graph.Recording && table.Trainable)
            graph.Record(new Backprop(table, ids, y), outputs: [y], keeps: []);
        return y;
    }

    private readonly struct Backprop(Parameter table, Indices ids, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.EmbeddingBackward(table, ids, y.Gradient!);
    }
}
