using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

/// <summary>Checks forward and backward of ops: references against finite differences, the engine against references.</summary>
internal static class OpCheck
{
    private const double Step = 1e-5;
    private const double RelativeError = 1e-6;

    // Operands are of size 1, so where a result cancels to nothing, rounding of that size remains.
    private const double Floor = 0.1;

    /// <summary>The reference's gradients equal central differences of its forward.</summary>
    public static void ReferenceMatchesFiniteDifferences(OpCase op)
    {
        double[][] operands = op.Operands;
        double[][] weights = GradOutputs(op.Forward(operands).Select(output => output.Length));
        double[][] gradients = op.Backward(operands, weights);
        Assert.Equal(operands.Length, gradients.Length);
        for (int k = 0; k < operands.Length; k++)
        {
            double scale = RootMeanSquare(gradients[k]);
            for (int i = 0; i < operands[k].Length; i++)
            {
                double kept = operands[k][i];
                operands[k][i] = kept + Step;
                double above = Loss(op.Forward(operands), weights);
                operands[k][i] = kept - Step;
                double below = Loss(op.Forward(operands), weights);
                operands[k][i] = kept;
                double difference = (above - below) / (2 * Step);
                Assert.True(
                    Math.Abs(difference - gradients[k][i]) <= RelativeError * Math.Max(Math.Abs(difference), scale),
                    $"{op.Name}: gradient {i} of operand {k} is {gradients[k][i]}, by differences {difference}");
            }
        }
    }

    /// <summary>The engine's outputs and gradients on one level equal the reference's in double, also when the op is applied twice to the same operands.</summary>
    public static void MatchesReference(SimdLevel level, params IEnumerable<OpCase> ops)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        foreach (OpCase op in ops)
        {
            double[][] operands = op.Operands;
            double[][] outputs = op.Forward(operands);
            double[][] gradients = op.Backward(operands, GradOutputs(outputs.Select(output => output.Length)));
            for (int times = 1; times <= 2; times++)
            {
                OpResult result = Run(op, graph, times);
                for (int k = 0; k < outputs.Length; k++)
                    AssertClose(outputs[k], 1, result.Outputs[k], op.Tolerance, $"{op.Name}, {level}: output {k}");
                for (int k = 0; k < gradients.Length; k++)
                    AssertClose(gradients[k], times, result.Gradients[k], op.Tolerance, $"{op.Name}, {level}: gradient {k} of {times} applications");
            }
        }
    }

    /// <summary>Applies the op, weighs and sums its outputs, and sends the gradient back.</summary>
    public static OpResult Run(OpCase op, Device device)
    {
        using Graph graph = new(device, record: true);
        return Run(op, graph, times: 1);
    }

    public static Parameter NewParameter(Device device, string name, Shape shape, ParameterLayout layout, ReadOnlySpan<float> rowMajor)
    {
        Parameter parameter = new(device, name, shape, layout);
        parameter.SetRows(0, rowMajor);
        parameter.RequireGradient();
        return parameter;
    }

    public static void AssertClose(ReadOnlySpan<double> expected, double factor, ReadOnlySpan<float> actual, double tolerance, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        double scale = RootMeanSquare(expected);
        for (int i = 0; i < expected.Length; i++)
        {
            double error = Math.Abs(actual[i] - (factor * expected[i]));
            if (!(error <= tolerance * factor * (Math.Abs(expected[i]) + scale + Floor)))
                Assert.Fail($"{what}: number {i} of {expected.Length} is {actual[i]}, exactly {factor * expected[i]}");
        }
    }

    private static OpResult Run(OpCase op, Graph graph, int times)
    {
        Device device = graph.Device;
        Tensor[] inputs = [.. op.Inputs.Select(input => graph.Leaf(input.Values, input.Shape))];
        Parameter[] weights = [.. op.Weights.Select((weight, i) => NewParameter(device, $"weight{i}", weight.Shape, weight.Layout, weight.Values))];
        try
        {
            Tensor[] outputs = [];
            Tensor? loss = null;
            for (int time = 0; time < times; time++)
            {
                outputs = op.Apply(graph, inputs, weights);
                double[][] gradOutputs = GradOutputs(outputs.Select(output => (int)output.Shape.Length));
                for (int k = 0; k < outputs.Length; k++)
                {
                    Tensor term = outputs[k].Dot(Array.ConvertAll(gradOutputs[k], x => (float)x));
                    loss = loss is null ? term : loss + term;
                }
            }
            float[][] values = [.. outputs.Select(output => output.ToArray())];
            graph.Backward(loss!);
            return new OpResult(values, [.. inputs.Select(input => input.Gradient!.ToArray()), .. weights.Select(weight => weight.ToArray(weight.Gradient!))]);
        }
        finally
        {
            graph.Reset();
            foreach (Parameter weight in weights)
                weight.Dispose();
        }
    }

    // Fixed gradients of the outputs, exact in float32.
    private static double[][] GradOutputs(IEnumerable<int> lengths) =>
        [.. lengths.Select((length, k) => Draws.Widen(Draws.Normal(Seed.From(99).Fork(k), length)))];

    private static double Loss(double[][] outputs, double[][] weights) => outputs.Zip(weights, (y, w) => y.Zip(w, (a, b) => a * b).Sum()).Sum();

    private static double RootMeanSquare(ReadOnlySpan<double> values)
    {
        double squares = 0;
        foreach (double v in values)
            squares += v * v;
        return Math.Sqrt(squares / Math.Max(1, values.Length));
    }
}

/// <summary>What came out of an op: outputs, then gradients of inputs and weights.</summary>
internal sealed record OpResult(float[][] Outputs, float[][] Gradients);
