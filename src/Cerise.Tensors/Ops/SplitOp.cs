using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>What one product gave for several layers, such as queries, keys and values, taken apart.</summary>
public static class SplitOp
{
    /// <summary>The first columns, and the others.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="first">Columns of the first part.</param>
    public static (Tensor First, Tensor Second) Split(this Tensor x, int first)
    {
        ArgumentNullException.ThrowIfNull(x);
        Require(x, first, 0);
        Tensor a = Part(x, 0, first);
        Tensor b = Part(x, first, x.Shape.Columns - first);
        if (x.Graph.Wants(x))
            x.Graph.Record(new Backprop(x, a, b, null), outputs: [a, b], keeps: []);
        return (a, b);
    }

    /// <summary>The first columns, the next ones, and the others.</summary>
    /// <param name="x">[rows, columns].</param>
    /// <param name="first">Columns of the first part.</param>
    /// <param name="second">Columns of the second part.</param>
    public static (Tensor First, Tensor Second, Tensor Third) Split(this Tensor x, int first, int second)
    {
        ArgumentNullException.ThrowIfNull(x);
        Require(x, first, second);
        Tensor a = Part(x, 0, first);
        Tensor b = Part(x, first, second);
        Tensor c = Part(x, first + second, x.Shape.Columns - first - second);
        if (x.Graph.Wants(x))
            x.Graph.Record(new Backprop(x, a, b, c), outputs: [a, b, c], keeps: []);
        return (a, b, c);
    }

    private static void Require(Tensor x, int first, int second) => ShapeException.Require(
        first >= 0 && second >= 0 && first <= x.Shape.Columns - second,
        "Split", $"the input is {x.Shape}, its first parts have {first} and {second} columns: the parts are columns of the input");

    private static Tensor Part(Tensor x, int first, int columns)
    {
        Tensor part = x.Graph.New(new Shape(x.Shape.Rows, columns));
        x.Graph.Device.CopyColumns(x, first, part, 0, columns, accumulate: false);
        return part;
    }

    private readonly struct Backprop(Tensor x, Tensor first, Tensor second, Tensor? third) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor gradient = graph.GradientOf(x, out bool accumulate);
            if (!accumulate && (first.Gradient is null || second.Gradient is null || third is { Gradient: null }))
            {
                graph.Device.Fill(gradient.Storage, gradient.Offset, gradient.Shape.Length, 0);
                accumulate = true;
            }
            int column = Put(graph, first, gradient, 0, accumulate);
            column = Put(graph, second, gradient, column, accumulate);
            if (third is not null)
                Put(graph, third, gradient, column, accumulate);
        }

        private static int Put(Graph graph, Tensor part, Tensor gradient, int column, bool accumulate)
        {
            if (part.Gradient is not null)
                graph.Device.CopyColumns(part.Gradient, 0, gradient, column, part.Shape.Columns, accumulate);
            return column + part.Shape.Columns;
        }
    }
}
