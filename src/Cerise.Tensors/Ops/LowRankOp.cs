using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The first half of a low-rank adapter, which linear layers and the head have in common.</summary>
internal static class LowRankOp
{
    /// <summary>reduced = s (x A^T), [rows, rank], of x with some numbers dropped out where the adapter says so.</summary>
    public static Tensor Reduce(this Tensor x, LowRankAdapter adapter)
    {
        Graph graph = x.Graph;
        ShapeException.Require(
            x.Shape.Columns == adapter.Down.Shape.Rows, "Linear", $"the input is {x.Shape}, the adapter '{adapter.Down.Name}' reads {adapter.Down.Shape.Rows} channels: attach it to the weight it was made for");
        Tensor reduced = graph.New(new Shape(x.Shape.Rows, adapter.Rank));
        AdapterDropout? dropout = graph.Recording ? adapter.Dropout : null;
        graph.Device.LinearBackwardInput(Dropped(x, dropout), adapter.Down, reduced, accumulate: false);
        graph.Device.Unary(UnaryOp.Affine, adapter.Scale, 0, reduced, reduced);
        if (graph.Wants(x) || (graph.Recording && adapter.Down.Trainable))
            graph.Record(new Backprop(x, adapter, dropout, reduced), outputs: [reduced], keeps: [x]);
        return reduced;
    }

    private static Tensor Dropped(Tensor x, AdapterDropout? dropout)
    {
        if (dropout is null)
            return x;
        Tensor dropped = x.Graph.New(x.Shape);
        x.Graph.Device.Dropout(x, dropout, dropped, accumulate: false);
        return dropped;
    }

    private readonly struct Backprop(Tensor x, LowRankAdapter adapter, AdapterDropout? dropout, Tensor reduced) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor gradient = reduced.Gradient!;
            graph.Device.Unary(UnaryOp.Affine, adapter.Scale, 0, gradient, gradient);
            if (adapter.Down.Trainable)
                graph.Device.LinearBackwardWeight(gradient, Dropped(x, dropout), adapter.Down);
            if (graph.Wants(x))
                BackwardInput(graph, gradient);
        }

        private void BackwardInput(Graph graph, Tensor gradient)
        {
            if (dropout is not null)
            {
                Tensor gradDropped = graph.New(x.Shape);
                graph.Device.Linear(gradient, adapter.Down, null, gradDropped);
                graph.Device.Dropout(gradDropped, dropout, graph.GradientOf(x, out bool adds), adds);
                return;
            }
            Tensor gradX = graph.GradientOf(x, out bool accumulate);
            if (accumulate)
                graph.Device.AddLinear(gradient, adapter.Down, gradX);
            else
                graph.Device.Linear(gradient, adapter.Down, null, gradX);
        }
    }
}
