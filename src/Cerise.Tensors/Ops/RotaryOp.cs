using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>Rotary position embedding (Su et al. 2021, arXiv:2104.09864).</summary>
public static class RotaryOp
{
    /// <summary>Rotates each head's channel pairs (i, i + pairs) by the angle of the row's position; channels behind the table's pairs stay as they are.</summary>
    /// <param name="x">[tokens, heads * headDim].</param>
    /// <param name="table">Cosines and sines.</param>
    /// <param name="positions">Position of each row in its sequence.</param>
    /// <param name="headDim">Channels of a head.</param>
    public static Tensor Rotary(this Tensor x, RotaryTable table, Indices positions, int headDim)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(table);
        ArgumentNullException.ThrowIfNull(positions);
        ShapeException.Require(positions.Count == x.Shape.Rows && headDim >= 2 * table.Pairs && x.Shape.Columns % Math.Max(1, headDim) == 0, "Rotary", $"{positions.Count} positions and {table.Pairs} pairs for {x.Shape} with heads of {headDim}: give one position a row, and rows of whole heads of at least 2 channels a pair");
        Tensor y = x.Graph.New(x.Shape);
        x.Graph.Device.Rotary(x, table, positions, headDim, y, inverse: false, accumulate: false);
        if (x.Graph.Wants(x))
            x.Graph.Record(new Backprop(x, table, positions, headDim, y), outputs: [y], keeps: []);
        return y;
    }

    private readonly struct Backprop(Tensor x, RotaryTable table, Indices positions, int headDim, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) =>
            graph.Device.Rotary(y.Gradient!, table, positions, headDim, graph.GradientOf(x, out bool accumulate), inverse: true, accumulate);
    }
}
