using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

internal static partial class OpCases
{
    public static OpCase LayerNorm(Seed seed, int rows, int channels) => new()
    {
        Name = $"LayerNorm({rows} x {channels})",
        Inputs = [(new Shape(rows, channels), Draws.Normal(seed.Fork("x"), rows * channels, 2))],
        Weights =
        [
            (new Shape(channels), ParameterLayout.Plain, Draws.Normal(seed.Fork("weight"), channels)),
            (new Shape(channels), ParameterLayout.Plain, Draws.Normal(seed.Fork("bias"), channels)),
        ],
        Apply = (_, x, w) => [x[0].LayerNorm(w[0], w[1], Eps)],
        Forward = a =>
        {
            double[] y = new double[rows * channels];
            Cerise.Tensors.Kernels.LayerNorm.Reference.Forward<double>(rows, channels, Eps, a[0], a[1], a[2], y);
            return [y];
        },
        Backward = (a, dy) =>
        {
            double[][] grads = ZerosLike(a);
            Cerise.Tensors.Kernels.LayerNorm.Reference.Backward<double>(rows, channels, Eps, a[0], a[1], dy[0], grads[0], grads[1], grads[2]);
            return grads;
        },
    };

    public static OpCase AddLayerNorm(Seed seed, int rows, int channels) => new()
    {
        Name = $"AddLayerNorm({rows} x {channels})",
        Inputs =
        [
            (new Shape(rows, channels), Draws.Normal(seed.Fork("stream"), rows * channels, 2)),
            (new Shape(rows, channels), Draws.Normal(seed.Fork("branch"), rows * channels)),
        ],
        Weights =
        [
            (new Shape(channels), ParameterLayout.Plain, Draws.Normal(seed.Fork("weight"), channels)),
            (new Shape(channels), ParameterLayout.Plain, Draws.Normal(seed.Fork("bias"), channels)),
        ],
        Apply = (_, x, w) =>
        {
            (Tensor sum, Tensor normed) = x[0].AddLayerNorm(x[1], w[0], w[1], Eps);
            return [sum, normed];
        },
        Forward = a =>
        {
            double[] sum = Add(a[0], a[1]);
            double[] y = new double[rows * channels];
            Cerise.Tensors.Kernels.LayerNorm.Reference.Forward<double>(rows, channels, Eps, sum, a[2], a[3], y);
            return [sum, y];
        },
        Backward = (a, dy) =>
        {
            double[][] grads = ZerosLike(a);
            Cerise.Tensors.Kernels.LayerNorm.Reference.Backward<double>(rows, channels, Eps, Add(a[0], a[1]), a[2], dy[1], grads[0], grads[2], grads[3]);
            grads[0] = Add(grads[0], dy[0]);
            grads[1] = grads[0];
            return grads;
        },
    };

    public static OpCase GeGlu(Seed seed, GeluForm form, int length) => new()
    {
        Name = $"GeGlu({form}, {length})",
        Inputs = [(new Shape(length), Draws.Normal(seed.Fork("gate"), length, 2)), (new Shape(length), Draws.Normal(seed.Fork("up"), length))],
        Apply = (_, x, _) => [x[0].GeGlu(x[1], form)],
        Forward = a =>
        {
            double[] y = new double[length];
            Cerise.Tensors.Kernels.GeGlu.Reference.Forward<double>(form, a[0], a[1], y);
            return [y];
        },
        Backward = (a, dy) =>
        {
            double[][] grads = ZerosLike(a);
            Cerise.Tensors.Kernels.GeGlu.Reference.Backward<double>(form, a[0], a[1], dy[0], grads[0], grads[1]);
            return grads;
        },
    };

    /// <summary>Two parts where the second has no columns, else three.</summary>
    public static OpCase Split(Seed seed, int rows, int columns, int first, int second)
    {
        int[] ends = second == 0 ? [0, first, columns] : [0, first, first + second, columns];
        return new OpCase
        {
            Name = $"Split({rows} x {columns} at {string.Join(", ", ends[1..^1])})",
            Inputs = [(new Shape(rows, columns), Draws.Normal(seed.Fork("x"), rows * columns))],
            Apply = (_, x, _) =>
            {
                if (second == 0)
                {
                    (Tensor left, Tensor right) = x[0].Split(first);
                    return [left, right];
                }
                (Tensor a, Tensor b, Tensor c) = x[0].Split(first, second);
                return [a, b, c];
            },
            Forward = a => [.. ends.Zip(ends.Skip(1), (from, to) => Enumerable.Range(0, rows).SelectMany(row => a[0][((row * columns) + from)..((row * columns) + to)]).ToArray())],
            Backward = (_, dy) => [[.. Enumerable.Range(0, rows).SelectMany(row => dy.SelectMany((part, k) => part.Skip(row * (ends[k + 1] - ends[k])).Take(ends[k + 1] - ends[k])))]],
        };
    }
}
