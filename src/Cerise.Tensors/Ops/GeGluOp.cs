using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The gated unit with GELU (Shazeer 2020, arXiv:2002.05202).</summary>
public static class GeGluOp
{
    /// <summary>y = gelu(gate) * up.</summary>
    /// <param name="gate">Any shape.</param>
    /// <param name="up">The same shape.</param>
    /// <param name="form">Which GELU.</param>
    public static Tensor GeGlu(this Tensor gate, Tensor up, GeluForm form)
    {
        ArgumentNullException.ThrowIfNull(gate);
        ArgumentNullException.ThrowIfNull(up);
        ShapeException.Require(gate.Shape == up.Shape, "GeGlu", $"gate is {gate.Shape}, up is {up.Shape}: both projections must have the same outputs");
        Tensor y = gate.Graph.New(gate.Shape);
        gate.Graph.Device.GeGlu(form, gate, up, y);
        if (gate.Graph.Wants(gate) || gate.Graph.Wants(up))
            gate.Graph.Record(new Backprop(form, gate, up, y), outputs: [y], keeps: [gate, up]);
        return y;
    }

    private readonly struct Backprop(GeluForm form, Tensor gate, Tensor up, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor gradGate = graph.GradientOf(gate, out bool accumulateGate);
            Tensor gradUp = graph.GradientOf(up, out bool accumulateUp);
            graph.Device.GeGluBackward(form, gate, up, y.Gradient!, gradGate, accumulateGate, gradUp, accumulateUp);
        }
    }
}
