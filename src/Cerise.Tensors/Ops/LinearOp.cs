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
        Tensor y = Output(x, weight, bias);
        x.Graph.Device.Linear(x, weight, bias, y);
        Record(x, weight, bias, y);
        return y;
    }

    /// <summary>Two linear layers of one input, computed together: the same bits as <see cref="Linear(Tensor, Parameter, Parameter?)"/> of each.</summary>
    public static (Tensor First, Tensor Second) Linear(this Tensor x, (Parameter Weight, Parameter? Bias) first, (Parameter Weight, Parameter? Bias) second)
    {
        Tensor y1 = Output(x, first.Weight, first.Bias);
        Tensor y2 = Output(x, second.Weight, second.Bias);
        x.Graph.Device.Linear(x, [new(first.Weight, first.Bias, y1), new(second.Weight, second.Bias, y2)]);
        Record(x, first.Weight, first.Bias, y1);
        Record(x, second.Weight, second.Bias, y2);
        return (y1, y2);
    }

    /// <summary>Three linear layers of one input, computed together: the same bits as <see cref="Linear(Tensor, Parameter, Parameter?)"/> of each.</summary>
    public static (Tensor First, Tensor Second, Tensor Third) Linear(
        this Tensor x, (Parameter Weight, Parameter? Bias) first, (Parameter Weight, Parameter? Bias) second, (Parameter Weight, Parameter? Bias) third)
    {
        Tensor y1 = Output(x, first.Weight, first.Bias);
        Tensor y2 = Output(x, second.Weight, second.Bias);
        Tensor y3 = Output(x, third.Weight, third.Bias);
        x.Graph.Device.Linear(x, [new(first.Weight, first.Bias, y1), new(second.Weight, second.Bias, y2), new(third.Weight, third.Bias, y3)]);
        Record(x, first.Weight, first.Bias, y1);
        Record(x, second.Weight, second.Bias, y2);
        Record(x, third.Weight, third.Bias, y3);
        return (y1, y2, y3);
    }

    private static Tensor Output(Tensor x, Parameter weight, Parameter? bias)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ShapeException.Require(x.Shape.Columns == weight.Shape.Columns, "Linear", $"the input is {x.Shape}, '{weight.Name}' is {weight.Shape}: check the layer's input size");
        ShapeException.Require(
            bias is null || bias.Shape.Length == weight.Shape.Rows, "Linear", $"the bias '{bias?.Name}' is {bias?.Shape}, '{weight.Name}' {weight.Shape} has {weight.Shape.Rows} outputs: load the bias of the same layer");
        weight.RequirePanels("Linear", "a product");
        if (x.Graph.Wants(x))
            weight.RequireFloat32("Linear");
        return x.Graph.New(new Shape(x.Shape.Rows, weight.Shape.Rows));
    }

    private static void Record(Tensor x, Parameter weight, Parameter? bias, Tensor y)
    {
        if (x.Graph.Wants(x) || (x.Graph.Recording && (weight.Trainable || bias?.Trainable == true)))
            x.Graph.Record(new Backprop(x, weight, bias, y), outputs: [y], keeps: [x]);
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
