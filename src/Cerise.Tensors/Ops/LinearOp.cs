using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The linear layer.</summary>
public static class LinearOp
{
    /// <summary>y = x W^T + b.</summary>
    /// <param name="x">[rows, in].</param>
    /// <param name="weight">[out, in], in panels.</param>
    /// <param name="bias">[out], or none.</param>
    /// <returns>[rows, out].</returns>
    /// <exception cref="ShapeException">The inner dimensions differ, the bias has another length, the weight is not in panels, or a gradient is to go back through one stored in 16 bits.</exception>
    public static Tensor Linear(this Tensor x, Parameter weight, Parameter? bias = null)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ShapeException.Require(x.Shape.Columns == weight.Shape.Columns, "Linear", $"the input is {x.Shape}, '{weight.Name}' is {weight.Shape}: check the layer's input size");
        ShapeException.Require(
            bias is null || bias.Shape.Length == weight.Shape.Rows, "Linear", $"the bias '{bias?.Name}' is {bias?.Shape}, '{weight.Name}' {weight.Shape} has {weight.Shape.Rows} outputs: load the bias of the same layer");
        weight.RequirePanels("Linear", "a product");
        if (x.Graph.Wants(x))
            weight.RequireFloat32("Linear");
        Tensor y = x.Graph.New(new Shape(x.Shape.Rows, weight.Shape.Rows));
        x.Graph.Device.Linear(x, weight, bias, y);
        if (x.Graph.Wants(x) || (x.Graph.Recording && (weight.Trainable || bias?.Trainable == true)))
            x.Graph.Record(new Backprop(x, weight, bias, y), outputs: [y], keeps: [x]);
        return y;
    }

    private readonly struct Backprop(Tensor x, Parameter weight, Parameter? bias, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            if (graph.Wants(x))
                graph.Device.LinearBackwardInput(y.Gradient!, weight, graph.GradientOf(x, out bool accumulate), accumulate);
            if (weight.Trainable)
                graph.Device.LinearBackwardWeight(x, y.Gradient!, weight);
            if (bias?.Trainable == true)
                graph.Device.LinearBackwardBias(y.Gradient!, bias);
        }
    }
}
