using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The gated unit of Llama's feed-forward layer (Shazeer 2020, arXiv:2002.05202).</summary>
public static class SwiGluOp
{
    /// <summary>y = gate * sigmoid(gate) * up.</summary>
    public static Tensor SwiGlu(this Tensor gate, Tensor up)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        ShapeException.Require(gate.Shape == up.Shape, "SwiGlu", $"gate is {gate.Shape}, up is {up.Shape}: both projections must have the same outputs");
        Tensor y = gate.Graph.New(gate.Shape);
        gate.Graph.Device.SwiGlu(gate, up, y);
        if (gate.Graph.Wants(gate) || gate.Graph.Wants(up))
            gate.Graph.Record(new Backprop(gate, up, y), outputs: [y], keeps: [gate, up]);
        return y;
    }

    private readonly struct Backprop(Tensor gate, Tensor up, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor gradGate = graph.GradientOf(gate, out bool accumulateGate);
            Tensor gradUp = graph.GradientOf(up, out bool accumulateUp);
            graph.Device.SwiGluBackward(gate, up, y.Gradient!, gradGate, accumulateGate, gradUp, accumulateUp);
        }
    }
}
