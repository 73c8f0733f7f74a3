using Cerise.Tensors.Autograd;

namespace Cerise.Tensors.Ops;

/// <summary>Root-mean-square normalization (Zhang and Sennrich 2019, arXiv:1910.07467): alone, with the residual added first, and of each head.</summary>
public static class RmsNormOp
{
    /// <summary>y = x / sqrt(mean(x^2) + eps) * (weight + offset), by row.</summary>
    /// <param name="x">[rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="eps">Added under the root; Llama 1e-5, Qwen2 1e-6.</param>
    /// <param name="offset">Added to the weight: 1 for Gemma, whose weights begin at 0 (arXiv:2403.08295); 0 for others.</param>
    public static Tensor RmsNorm(this Tensor x, Parameter weight, float eps, float offset = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        Check(x, weight);
        return Norm(x, weight, eps, offset, new Shape(x.Shape.Rows));
    }

    /// <summary>The same of each head by itself: the norm of queries and keys in Qwen3 and Gemma 3 (Henry et al. 2020, arXiv:2010.04245).</summary>
    /// <param name="x">[rows, heads * headDim].</param>
    /// <param name="weight">[headDim]: one for all heads.</param>
    /// <param name="eps">Added under the root.</param>
    /// <param name="offset">Added to the weight.</param>
    /// <exception cref="ShapeException">A row is not made of whole heads.</exception>
    public static Tensor HeadRmsNorm(this Tensor x, Parameter weight, float eps, float offset = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weight);
        ShapeException.Require(
            x.Shape.Columns % weight.Shape.Rows == 0, "HeadRmsNorm", $"the input is {x.Shape}, '{weight.Name}' is {weight.Shape}: rows are whole heads, each as wide as the norm");
        return Norm(x, weight, eps, offset, new Shape(x.Shape.Rows, x.Shape.Columns / weight.Shape.Rows));
    }

    /// <summary>The new residual stream, stream + branch, and its normalization.</summary>
    /// <param name="stream">Residual stream, [rows, channels].</param>
    /// <param name="branch">What a layer adds to it, [rows, channels].</param>
    /// <param name="weight">[channels].</param>
    /// <param name="eps">Added under the root.</param>
    /// <param name="offset">Added to the weight.</param>
    public static (Tensor Sum, Tensor Normed) AddRmsNorm(this Tensor stream, Tensor branch, Parameter weight, float eps, float offset = 0)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(branch);
        Check(stream, weight);
        ShapeException.Require(stream.Shape == branch.Shape, "AddRmsNorm", $"the stream is {stream.Shape}, the branch is {branch.Shape}: both must be [tokens, channels] of the model");
        Graph graph = stream.Graph;
        Tensor sum = graph.New(stream.Shape);
        Tensor y = graph.New(stream.Shape);
        Tensor rstd = graph.New(new Shape(stream.Shape.Rows));
        graph.Device.RmsNorm(stream, branch, weight, offset, eps, sum, y, rstd);
        if (graph.Wants(stream) || graph.Wants(branch) || (graph.Recording && weight.Trainable))
            graph.Record(new AddBackprop(stream, branch, weight, offset, rstd, sum, y), outputs: [sum, y], keeps: [sum], statistics: [rstd]);
        return (sum, y);
    }

    private static Tensor Norm(Tensor x, Parameter weight, float eps, float offset, Shape norms)
    {
        Tensor y = x.Graph.New(x.Shape);
        Tensor rstd = x.Graph.New(norms);
        x.Graph.Device.RmsNorm(x, null, weight, offset, eps, null, y, rstd);
        if (x.Graph.Wants(x) || (x.Graph.Recording && weight.Trainable))
            x.Graph.Record(new Backprop(x, weight, offset, rstd, y), outputs: [y], keeps: [x], statistics: [rstd]);
        return y;
    }

    private static void Check(Tensor x, Parameter weight)
    {
        ArgumentNullException.ThrowIfNull(weight);
        ShapeException.Require(x.Shape.Columns == weight.Shape.Rows, "RmsNorm", $"the input is {x.Shape}, '{weight.Name}' is {weight.Shape}: load the norm of a layer as wide as the input");
    }

    private readonly struct Backprop(Tensor x, Parameter weight, float offset, Tensor rstd, Tensor y) : IBackprop
    {
        public void Backward(Graph graph) => graph.Device.RmsNormBackward(x, weight, offset, rstd, y.Gradient!, graph.GradientOf(x, out bool accumulate), accumulate);
    }

    private readonly struct AddBackprop(Tensor stream, Tensor branch, Parameter weight, float offset, Tensor rstd, Tensor sum, Tensor y) : IBackprop
    {
        public void Backward(Graph graph)
        {
            // The sum's gradient gathers what later layers sent and what comes through the norm; both inputs receive it whole.
            if (y.Gradient is not null)
                graph.Device.RmsNormBackward(sum, weight, offset, rstd, y.Gradient, graph.GradientOf(sum, out bool accumulate), accumulate);
            graph.Add(sum.Gradient!, branch);
            graph.Move(sum, stream);
        }
    }
}
