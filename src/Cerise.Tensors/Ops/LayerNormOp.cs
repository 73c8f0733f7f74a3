using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>Layer normalization (Ba et al. 2016, arXiv:1607.06450), alone and with the residual added first.</summary>
public static class LayerNormOp
{
    /// <summary>y = (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias, by row.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="eps">Added under the root; GPT-2 1e-5.</param>
    public static Tensor LayerNorm(this Tensor x, Parameter weight, Parameter bias, float eps)
    {
        ArgumentNullException.ThrowIfNull(x);
        Check(x, weight, bias);
        Tensor y = x.Graph.New(x.Shape);
        Tensor statistics = x.Graph.New(new Shape(x.Shape.Rows, 2));
        x.Graph.Device.LayerNorm(x, null, weight, bias, eps, null, y, statistics);
        if (x.Graph.Wants(x) || (x.Graph.Recording && (weight.Trainable || bias.Trainable)))
            x.Graph.Record(new Backprop(x, weight, bias, statistics, y), outputs: [y], keeps: [x], statistics: [statistics]);
        return y;
    }

    /// <summary>The new residual stream, stream + branch, and its normalization.</summary>
    /// <param name="stream">Residual stream, [rows, channels].</param>
    /// <param name="branch">What a layer adds to it, [rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="bias">[channels].</param>
    /// <param name="eps">Added under the root.</param>
    public static (Tensor Sum, Tensor Normed) AddLayerNorm(this Tensor stream, Tensor branch, Parameter weight, Parameter bias, float eps)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(branch);
        Check(stream, weight, bias);
        ShapeException.Require(stream.Shape == branch.Shape, "AddLayerNorm", $"the stream is {stream.Shape}, the branch is {branch.Shape}: both must be [tokens, channels] of the model");
        Graph graph = stream.Graph;
        Tensor sum = graph.New(stream.Shape);
        Tensor y = graph.New(stream.Shape);
        Tensor statistics = graph.New(new Shape(stream.Shape.Rows, 2));
        graph.Device.LayerNorm(stream, branch, weight, bias, eps, sum, y, statistics);
        if (graph.Wants(stream) || graph.Wants(branch) || (graph.Recording && (weight.Trainable || bias.Trainable)))
            graph.Record(new AddBackprop(stream, branch, weight, bias, statistics, sum, y), outputs: [sum, y], keeps: [sum], statistics: [statistics]);
        return (sum, y);
    }

    private static void Check(Tensor x, Parameter weight, Parameter bias)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ArgumentNullException.ThrowIfNull(bias);
        ShapeException.Require(
            x.Shape.Columns == weight.Shape.Rows && bias.Shape == weight.Shape,
            "LayerNorm", $"the input is {x.Shape}, '{weight.Name}' is {weight.Shape}, '{bias.Name}' is {bias.Shape}: load the norm of a layer as wide as the input");
    }

    private readonly struct Backprop(Tensor x, Parameter weight, Parameter bias, Tensor statistics, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) =>
            graph.Device.LayerNormBackward(x, weight, bias, statistics, y.Gradient!, graph.GradientOf(x, out bool accumulate), accumulate);
    }

    private readonly struct AddBackprop(Tensor stream, Tensor branch, Parameter weight, Parameter bias, Tensor statistics, Tensor sum, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            // The sum's gradient gathers what later layers sent and what comes through the norm; both inputs receive it whole.
            if (y.Gradient is not null)
                graph.Device.LayerNormBackward(sum, weight, bias, statistics, y.Gradient, graph.GradientOf(sum, out bool accumulate), accumulate);
            graph.Add(sum.Gradient!, branch);
            graph.Move(sum, stream);
        }
    }
}
