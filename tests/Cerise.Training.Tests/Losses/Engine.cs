using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Training.Tests.Losses;

/// <summary>Evaluates tensor expressions, and compares what comes out.</summary>
internal static class Engine
{
    /// <summary>An expression's numbers, and the gradient of their weighted sum by the leaf.</summary>
    /// <param name="leaf">The numbers the gradient is taken by.</param>
    /// <param name="expression">Makes a tensor of the leaf; constants come from <see cref="Constant"/>.</param>
    /// <param name="weights">One for each number of the result; null for 1 each.</param>
    public static (float[] Values, float[] Gradient) Evaluate(float[] leaf, Func<Tensor, Tensor> expression, float[]? weights = null)
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        Tensor x = graph.Leaf(leaf, new Shape(leaf.Length));
        Tensor y = expression(x);
        float[] values = y.ToArray();
        graph.Backward(y.Dot(weights ?? [.. values.Select(_ => 1f)]));
        return (values, x.Gradient?.ToArray() ?? new float[leaf.Length]);
    }

    public static Tensor Constant(this Tensor like, params float[] values) => like.Graph.From(values);

    public static void Near(double[] expected, float[] actual, double tolerance = 1e-6)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Near(expected[i], actual[i], tolerance);
    }

    /// <summary>The reference's tolerance for float32: relative to the number, absolute below 1.</summary>
    public static void Near(double expected, double actual, double tolerance = 1e-6) =>
        Assert.True(Math.Abs(expected - actual) <= tolerance * Math.Max(1, Math.Abs(expected)), $"expected {expected:R}, got {actual:R}");

    /// <summary>The gradient of a function of many numbers by central differences.</summary>
    public static double[] Differences(double[] at, Func<double[], double> function)
    {
        const double h = 1e-5;
        return [.. at.Select((_, i) => (function(Moved(at, i, h)) - function(Moved(at, i, -h))) / (2 * h))];
    }

    private static double[] Moved(double[] at, int index, double by)
    {
        double[] moved = [.. at];
        moved[index] += by;
        return moved;
    }
}
