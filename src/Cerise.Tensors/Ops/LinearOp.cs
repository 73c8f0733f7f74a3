using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>The linear layer.</summary>
public static class LinearOp
{
    /// <summary>y = x W^T + b, with what the weight's <see cref="Parameter.Adapter"/> adds.</summary>
    /// <param name="x">[rows, in].</param>
    /// <param name="weight">[out, in], in panels.</param>
    /// <param name="bias">[out], or none.</param>
    /// <returns>[rows, out].</returns>
    /// <exception cref="ShapeException">The inner dimensions differ, the bias has another length, or the weight is not in panels.</exception>
    public static Tensor Linear(this Tensor x, Parameter weight, Parameter? bias = null)
    {
        Tensor y = Output(x, weight, bias);
        x.Graph.Device.Linear(x, weight, FirstBias(weight, bias), y);
        return Finish(x, weight, bias, y);
    }

    /// <summary>Two linear layers of one input, computed together: the same bits as <see cref="Linear(Tensor, Parameter, Parameter?)"/> of each.</summary>
    public static (Tensor First, Tensor Second) Linear(this Tensor x, (Parameter Weight, Parameter? Bias) first, (Parameter Weight, Parameter? Bias) second)
    {
        Tensor y1 = Output(x, first.Weight, first.Bias);
        Tensor y2 = Output(x, second.Weight, second.Bias);
        x.Graph.Device.Linear(x, [Projection(first, y1), Projection(second, y2)]);
        return (Finish(x, first.Weight, first.Bias, y1), Finish(x, second.Weight, second.Bias, y2));
    }

    /// <summary>Three linear layers of one input, computed together: the same bits as <see cref="Linear(Tensor, Parameter, Parameter?)"/> of each.</summary>
    public static (Tensor First, Tensor Second, Tensor Third) Linear(
        this Tensor x, (Parameter Weight, Parameter? Bias) first, (Parameter Weight, Parameter? Bias) second, (Parameter Weight, Parameter? Bias) third)
    {
        Tensor y1 = Output(x, first.Weight, first.Bias);
        Tensor y2 = Output(x, second.Weight, second.Bias);
        Tensor y3 = Output(x, third.Weight, third.Bias);
        x.Graph.Device.Linear(x, [Projection(first, y1), Projection(second, y2), Projection(third, y3)]);
        return (Finish(x, first.Weight, first.Bias, y1), Finish(x, second.Weight, second.Bias, y2), Finish(x, third.Weight, third.Bias, y3));
    }

    private static Tensor Output(Tensor x, Parameter weight, Parameter? bias)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ShapeException.Require(x.Shape.Columns == weight.Shape.Columns, "Linear", $"the input is {x.Shape}, '{weight.Name}' is {weight.Shape}: check the layer's input size");
        ShapeException.Require(
            bias is null || bias.Shape.Length == weight.Shape.Rows, "Linear", $"the bias '{bias?.Name}' is {bias?.Shape}, '{weight.Name}' {weight.Shape} has {weight.Shape.Rows} outputs: load the bias of the same layer");
        weight.RequirePanels("Linear", "a product");
        return x.Graph.New(new Shape(x.Shape.Rows, weight.Shape.Rows));
    }

    private static Projection Projection((Parameter Weight, Parameter? Bias) layer, Tensor y) => new(layer.Weight, FirstBias(layer.Weight, layer.Bias), y);

    // DoRA scales the outputs before the bias is added.
    private static Parameter? FirstBias(Parameter weight, Parameter? bias) => weight.Adapter?.Magnitude is null ? bias : null;

    // What comes after the product with the weight itself: the adapter, and the way back.
    private static Tensor Finish(Tensor x, Parameter weight, Parameter? bias, Tensor y)
    {
        Graph graph = x.Graph;
        bool wanted = graph.Wants(x) || (graph.Recording && (weight.Trainable || bias?.Trainable == true));
        if (weight.Adapter is not { } adapter)
        {
            if (wanted)
                Record(graph, new Backprop(x, weight, bias, y), x, weight, null, null, y);
            return y;
        }
        Tensor reduced = x.Reduce(adapter);
        graph.Device.AddLinear(reduced, adapter.Up, y);
        wanted |= graph.Wants(reduced) || (graph.Recording && adapter.Up.Trainable);
        if (adapter.Magnitude is not { } magnitude)
        {
            if (wanted)
                Record(graph, new AdaptedBackprop(x, weight, bias, adapter, reduced, y), x, weight, reduced, null, y);
            return y;
        }
        Tensor scaled = graph.New(y.Shape);
        graph.Device.ScaleColumns(y, adapter.Factors(weight), bias, scaled);
        if (wanted || (graph.Recording && magnitude.Trainable))
            Record(graph, new ScaledBackprop(x, weight, bias, adapter, reduced, y, scaled), x, weight, reduced, y, scaled);
        return scaled;
    }

    // A weight that is not trained needs no input on the way back, and so holds no memory for it.
    private static void Record<TBackprop>(Graph graph, in TBackprop op, Tensor x, Parameter weight, Tensor? reduced, Tensor? unscaled, Tensor y)
        where TBackprop : struct, IBackprop
    {
        Span<Tensor> keeps = [x, x, x];
        int count = 0;
        if (weight.Trainable)
            keeps[count++] = x;
        if (reduced is not null)
            keeps[count++] = reduced;
        if (unscaled is not null)
            keeps[count++] = unscaled;
        graph.Record(op, outputs: [y], keeps: keeps[..count]);
    }

    private static void Backward(Graph graph, Tensor x, Parameter weight, Tensor gradOutput)
    {
        if (graph.Wants(x))
            graph.Device.LinearBackwardInput(gradOutput, weight, graph.GradientOf(x, out bool accumulate), accumulate);
        if (weight.Trainable)
            graph.Device.LinearBackwardWeight(x, gradOutput, weight);
    }

    private static void BackwardBias(Graph graph, Parameter? bias, Tensor gradOutput)
    {
        if (bias?.Trainable == true)
            graph.Device.LinearBackwardBias(gradOutput, bias);
    }

    private static void BackwardUp(Graph graph, LowRankAdapter adapter, Tensor reduced, Tensor gradOutput)
    {
        if (graph.Wants(reduced))
            graph.Device.LinearBackwardInput(gradOutput, adapter.Up, graph.GradientOf(reduced, out bool accumulate), accumulate);
        if (adapter.Up.Trainable)
            graph.Device.LinearBackwardWeight(reduced, gradOutput, adapter.Up);
    }

    private readonly struct Backprop(Tensor x, Parameter weight, Parameter? bias, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            LinearOp.Backward(graph, x, weight, y.Gradient!);
            BackwardBias(graph, bias, y.Gradient!);
        }
    }

    private readonly struct AdaptedBackprop(Tensor x, Parameter weight, Parameter? bias, LowRankAdapter adapter, Tensor reduced, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            LinearOp.Backward(graph, x, weight, y.Gradient!);
            BackwardUp(graph, adapter, reduced, y.Gradient!);
            BackwardBias(graph, bias, y.Gradient!);
        }
    }

    // The gradient is scaled where it lies: nobody reads it afterwards.
    private readonly struct ScaledBackprop(Tensor x, Parameter weight, Parameter? bias, LowRankAdapter adapter, Tensor reduced, Tensor unscaled, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            Tensor gradient = y.Gradient!;
            BackwardBias(graph, bias, gradient);
            if (adapter.Magnitude!.Trainable)
                graph.Device.MagnitudeBackward(gradient, unscaled, adapter.Norms(weight), adapter.Magnitude);
            graph.Device.ScaleColumns(gradient, adapter.Factors(weight), null, gradient);
            LinearOp.Backward(graph, x, weight, gradient);
            BackwardUp(graph, adapter, reduced, gradient);
        }
    }
}
