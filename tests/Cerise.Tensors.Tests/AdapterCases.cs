using Cerise.Tensors.Kernels;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

/// <summary>Ops with low-rank adapters and their plain references: the weight is made whole, W' = c (W + s B A), and the op is the one without an adapter.</summary>
internal static class AdapterCases
{
    public static OpCase Linear(Seed seed, int rows, int channels, int outputs, int rank, float scale, bool bias = false, bool magnitude = false)
    {
        List<(Shape, ParameterLayout, float[])> weights = [Matrix(seed, "weight", outputs, channels, channels), Matrix(seed, "down", channels, rank, channels), Matrix(seed, "up", outputs, rank, rank)];
        if (magnitude)
            weights.Add((new Shape(outputs), ParameterLayout.Plain, [.. Draws.Normal(seed.Fork("magnitude"), outputs).Select(m => 1 + (0.2f * m))]));
        if (bias)
            weights.Add((new Shape(outputs), ParameterLayout.Plain, Draws.Normal(seed.Fork("bias"), outputs)));
        int magnitudeAt = 4, biasAt = magnitude ? 5 : 4;
        // The gradient takes the norms as constants, so the reference takes those of the numbers it begins with.
        double[] inverseNorms = [.. Enumerable.Repeat(1.0, outputs)];
        if (magnitude)
            inverseNorms = [.. Whole(Draws.Widen(weights[0].Item3), Draws.Widen(weights[1].Item3), Draws.Widen(weights[2].Item3)).Chunk(channels).Select(row => 1 / Math.Sqrt(row.Sum(w => w * w)))];
        return new OpCase
        {
            Name = $"Linear({rows} x {channels} -> {outputs}, rank {rank}, scale {scale}{(magnitude ? ", magnitude" : "")}{(bias ? ", bias" : "")})",
            Inputs = [(new Shape(rows, channels), Draws.Normal(seed.Fork("x"), rows * channels))],
            Weights = [.. weights],
            Tolerance = 2e-5,
            Apply = (_, x, w) =>
            {
                w[0].Adapter ??= new LowRankAdapter(w[1], w[2], scale, magnitude ? w[magnitudeAt - 1] : null);
                return [x[0].Linear(w[0], bias ? w[biasAt - 1] : null)];
            },
            Forward = a =>
            {
                double[] y = new double[rows * outputs];
                MatMul.Reference.Forward<double>(rows, channels, outputs, a[0], Scaled(a), bias ? a[biasAt] : [], y);
                return [y];
            },
            Backward = (a, dy) =>
            {
                double[][] grads = [.. a.Select(operand => new double[operand.Length])];
                double[] gradWhole = new double[outputs * channels];
                MatMul.Reference.BackwardInput<double>(rows, channels, outputs, dy[0], Scaled(a), grads[0]);
                MatMul.Reference.BackwardWeight<double>(rows, channels, outputs, a[0], dy[0], gradWhole);
                double[] whole = Whole(a[1], a[2], a[3]);
                for (int o = 0; o < outputs; o++)
                    for (int c = 0; c < channels; c++)
                    {
                        double g = gradWhole[(o * channels) + c];
                        if (magnitude)
                            grads[magnitudeAt][o] += g * whole[(o * channels) + c] * inverseNorms[o];
                        g *= Factor(a, o);
                        grads[1][(o * channels) + c] += g;
                        for (int r = 0; r < rank; r++)
                        {
                            grads[2][(c * rank) + r] += scale * g * a[3][(o * rank) + r];
                            grads[3][(o * rank) + r] += scale * g * a[2][(c * rank) + r];
                        }
                    }
                if (bias)
                    MatMul.Reference.BackwardBias<double>(rows, outputs, dy[0], grads[biasAt]);
                return grads;
            },
        };

        double Factor(double[][] a, int output) => magnitude ? a[magnitudeAt][output] * inverseNorms[output] : 1;

        double[] Scaled(double[][] a) => [.. Whole(a[1], a[2], a[3]).Select((w, i) => w * Factor(a, i / channels))];

        double[] Whole(double[] weight, double[] down, double[] up) =>
            [.. weight.Select((w, i) => w + (scale * Enumerable.Range(0, rank).Sum(r => up[(i / channels * rank) + r] * down[(i % channels * rank) + r])))];
    }

    /// <summary>The head with an adapter is the head of the whole table, and its gradients by the factors follow from that by the table.</summary>
    public static OpCase Head(Seed seed, int rows, int channels, int vocab, int rank, float scale, float temperature = 1, float softCap = 0)
    {
        OpCase plain = OpCases.LmHead(seed, rows, channels, vocab, temperature, softCap);
        int[] targets = Draws.Below(seed.Fork("targets"), rows, vocab);
        return plain with
        {
            Name = $"{plain.Name}, rank {rank}",
            Weights = [.. plain.Weights, Matrix(seed, "down", channels, rank, channels), Matrix(seed, "up", vocab, rank, rank)],
            Apply = (_, x, w) =>
            {
                w[0].Adapter ??= new LowRankAdapter(w[1], w[2], scale);
                (Tensor logProbs, Tensor entropies) = x[0].LmHead(w[0], new Indices(targets), temperature, softCap);
                return [logProbs, entropies];
            },
            Forward = a => plain.Forward([a[0], Whole(a)]),
            Backward = (a, dy) =>
            {
                double[][] grads = plain.Backward([a[0], Whole(a)], dy);
                return [grads[0], grads[1], .. FactorGradients(grads[1], a[2], a[3], channels, rank, scale)];
            },
        };

        double[] Whole(double[][] a) => Add(a[1], a[2], a[3], channels, rank, scale);
    }

    public static OpCase Embedding(Seed seed, int vocab, int channels, int tokens, int rank, float scale)
    {
        OpCase plain = OpCases.Embedding(seed, vocab, channels, tokens);
        int[] ids = Draws.Below(seed.Fork("ids"), tokens, vocab);
        return plain with
        {
            Name = $"{plain.Name}, rank {rank}",
            Weights = [.. plain.Weights, Matrix(seed, "down", vocab, rank, 1), Matrix(seed, "up", channels, rank, rank)],
            Apply = (graph, _, w) =>
            {
                w[0].LookupAdapter ??= new LowRankAdapter(w[1], w[2], scale);
                return [graph.Embedding(w[0], new Indices(ids))];
            },
            // A table [vocab, channels] plus s A^T B^T: the factors change places.
            Forward = a => plain.Forward([Add(a[0], a[2], a[1], channels, rank, scale)]),
            Backward = (a, dy) =>
            {
                double[] gradTable = plain.Backward([a[0]], dy)[0];
                double[][] factors = FactorGradients(gradTable, a[2], a[1], channels, rank, scale);
                return [gradTable, factors[1], factors[0]];
            },
        };
    }

    private static double[] Add(double[] weight, double[] down, double[] up, int channels, int rank, float scale) =>
        [.. weight.Select((w, i) => w + (scale * Enumerable.Range(0, rank).Sum(r => up[(i / channels * rank) + r] * down[(i % channels * rank) + r])))];

    private static double[][] FactorGradients(double[] gradWeight, double[] down, double[] up, int channels, int rank, float scale)
    {
        double[][] grads = [new double[down.Length], new double[up.Length]];
        for (int i = 0; i < gradWeight.Length; i++)
            for (int r = 0; r < rank; r++)
            {
                grads[0][(i % channels * rank) + r] += scale * gradWeight[i] * up[(i / channels * rank) + r];
                grads[1][(i / channels * rank) + r] += scale * gradWeight[i] * down[(i % channels * rank) + r];
            }
        return grads;
    }

    private static (Shape, ParameterLayout, float[]) Matrix(Seed seed, string name, int rows, int columns, int width) =>
        (new Shape(rows, columns), ParameterLayout.Panels, Draws.Normal(seed.Fork(name), rows * columns, 1 / MathF.Sqrt(width)));
}
