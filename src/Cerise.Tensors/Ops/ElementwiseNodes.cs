using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>Applies functions of one and of two numbers and records them.</summary>
internal static class ElementwiseNodes
{
    public static Tensor Unary(UnaryOp op, Tensor x, float p = 0, float q = 0)
    {
        Tensor y = x.Graph.New(x.Shape);
        x.Graph.Device.Unary(op, p, q, x, y);
        if (x.Graph.Wants(x))
            x.Graph.Record(new UnaryBackprop(op, x, p, q, y), outputs: [y], keeps: [x, y]);
        return y;
    }

    public static Tensor Binary(BinaryOp op, Tensor a, Tensor b)
    {
        ShapeException.Require(a.Shape == b.Shape, op.ToString(), $"left is {a.Shape}, right is {b.Shape}: gather or spread one to the other's shape first");
        Tensor y = a.Graph.New(a.Shape);
        a.Graph.Device.Binary(op, a, b, y);
        if (a.Graph.Wants(a) || a.Graph.Wants(b))
            a.Graph.Record(new BinaryBackprop(op, a, b, y), outputs: [y], keeps: [a, b]);
        return y;
    }

    private readonly struct UnaryBackprop(UnaryOp op, Tensor x, float p, float q, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.UnaryBackward(op, p, q, x, y, y.Gradient!, graph.GradientOf(x, out bool accumulate), accumulate);
    }

    private readonly struct BinaryBackprop(BinaryOp op, Tensor a, Tensor b, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            if (graph.Wants(a))
                graph.Device.BinaryBackward(op, a, b, y.Gradient!, second: false, graph.GradientOf(a, out bool accumulateA), accumulateA);
            if (graph.Wants(b))
                graph.Device.BinaryBackward(op, a, b, y.Gradient!, second: true, graph.GradientOf(b, out bool accumulateB), accumulateB);
        }
    }
}
