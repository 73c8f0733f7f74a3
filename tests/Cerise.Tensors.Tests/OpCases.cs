using Cerise.Tensors.Kernels;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

/// <summary>The engine's ops with their references, on random numbers of any shape.</summary>
internal static partial class OpCases
{
    public const float Eps = 1e-5f;

    public static OpCase Linear(Seed seed, int rows, int channels, int outputs, bool bias)
    {
        float scale = 1 / MathF.Sqrt(channels);
        (Shape, ParameterLayout, float[]) weight = (new Shape(outputs, channels), ParameterLayout.Panels, Draws.Normal(seed.Fork("weight"), outputs * channels, scale));
        (Shape, ParameterLayout, float[]) offset = (new Shape(outputs), ParameterLayout.Plain, Draws.Normal(seed.Fork("bias"), outputs));
        return new OpCase
        {
            Name = $"Linear({rows} x {channels} -> {outputs}{(bias ? ", bias" : "")})",
            Inputs = [(new Shape(rows, channels), Draws.Normal(seed.Fork("x"), rows * channels))],
            Weights = bias ? [weight, offset] : [weight],
            Apply = (_, x, w) => [x[0].Linear(w[0], bias ? w[1] : null)],
            Forward = a =>
            {
                double[] y = new double[rows * outputs];
                MatMul.Reference.Forward<double>(rows, channels, outputs, a[0], a[1], bias ? a[2] : [], y);
                return [y];
            },
            Backward = (a, dy) =>
            {
                double[][] grads = ZerosLike(a);
                MatMul.Reference.BackwardInput<double>(rows, channels, outputs, dy[0], a[1], grads[0]);
                MatMul.Reference.BackwardWeight<double>(rows, channels, outputs, a[0], dy[0], grads[1]);
                if (bias)
                    MatMul.Reference.BackwardBias<double>(rows, outputs, dy[0], grads[2]);
                return grads;
            },
        };
    }

    public static OpCase Embedding(Seed seed, int vocab, int channels, int tokens, float scale = 1)
    {
        int[] ids = Draws.Below(seed.Fork("ids"), tokens, vocab);
        return new OpCase
        {
            Name = $"Embedding({vocab} x {channels}, {tokens} tokens, times {scale})",
            Weights = [(new Shape(vocab, channels), ParameterLayout.Panels, Draws.Normal(seed.Fork("table"), vocab * channels))],
            Apply = (graph, _, w) => [graph.Embedding(w[0], new Indices(ids), scale)],
            Forward = a =>
            {
                double[] y = new double[tokens * channels];
                Cerise.Tensors.Kernels.Embedding.Reference.Forward<double>(channels, ids, a[0], scale, y);
                return [y];
            },
            Backward = (a, dy) =>
            {
                double[][] grads = ZerosLike(a);
                Cerise.Tensors.Kernels.Embedding.Reference.Backward<double>(channels, ids, dy[0], scale, grads[0]);
                return grads;
            },
        };
    }

    public static OpCase RmsNorm(Seed seed, int rows, int channels, float offset = 0) => new()
    {
        Name = $"RmsNorm({rows} x {channels}, weight + {offset})",
        Inputs = [(new Shape(rows, channels), Draws.Normal(seed.Fork("x"), rows * channels, 2))],
        Weights = [(new Shape(channels), ParameterLayout.Plain, Draws.Normal(seed.Fork("weight"), channels))],
        Apply = (_, x, w) => [x[0].RmsNorm(w[0], Eps, offset)],
        Forward = a => [Norm(rows, channels, a[0], a[1], offset)],
        Backward = (a, dy) => NormBackward(rows, channels, a, dy[0], offset),
    };

    public static OpCase HeadRmsNorm(Seed seed, int rows, int heads, int headDim, float offset = 0) => new()
    {
        Name = $"HeadRmsNorm({rows} rows, {heads} heads of {headDim}, weight + {offset})",
        Inputs = [(new Shape(rows, heads * headDim), Draws.Normal(seed.Fork("x"), rows * heads * headDim, 2))],
        Weights = [(new Shape(headDim), ParameterLayout.Plain, Draws.Normal(seed.Fork("weight"), headDim))],
        Apply = (_, x, w) => [x[0].HeadRmsNorm(w[0], Eps, offset)],
        Forward = a => [Norm(rows * heads, headDim, a[0], a[1], offset)],
        Backward = (a, dy) => NormBackward(rows * heads, headDim, a, dy[0], offset),
    };

    public static OpCase AddRmsNorm(Seed seed, int rows, int channels, float offset = 0) => new()
    {
        Name = $"AddRmsNorm({rows} x {channels}, weight + {offset})",
        Inputs =
        [
            (new Shape(rows, channels), Draws.Normal(seed.Fork("stream"), rows * channels, 2)),
            (new Shape(rows, channels), Draws.Normal(seed.Fork("branch"), rows * channels)),
        ],
        Weights = [(new Shape(channels), ParameterLayout.Plain, Draws.Normal(seed.Fork("weight"), channels))],
        Apply = (_, x, w) =>
        {
            (Tensor sum, Tensor normed) = x[0].AddRmsNorm(x[1], w[0], Eps, offset);
            return [sum, normed];
        },
        Forward = a =>
        {
            double[] sum = Add(a[0], a[1]);
            return [sum, Norm(rows, channels, sum, a[2], offset)];
        },
        Backward = (a, dy) =>
        {
            double[][] grads = NormBackward(rows, channels, [Add(a[0], a[1]), a[2]], dy[1], offset);
            double[] gradSum = Add(grads[0], dy[0]);
            return [gradSum, gradSum, grads[1]];
        },
    };

    public static OpCase Rotary(Seed seed, int tokens, int heads, int headDim, int pairs = 0)
    {
        const int context = 300;
        double[] frequencies = [.. Enumerable.Range(0, pairs > 0 ? pairs : headDim / 2).Select(i => Math.Pow(10_000, -2.0 * i / headDim))];
        int[] positions = Draws.Below(seed.Fork("positions"), tokens, context);
        return new OpCase
        {
            Name = $"Rotary({tokens} tokens, {heads} heads of {headDim}, {frequencies.Length} pairs)",
            Inputs = [(new Shape(tokens, heads * headDim), Draws.Normal(seed.Fork("x"), tokens * heads * headDim))],
            Apply = (graph, x, _) => [x[0].Rotary(new RotaryTable(graph.Device, frequencies, context), new Indices(positions), headDim)],
            Forward = a =>
            {
                double[] y = new double[a[0].Length];
                Cerise.Tensors.Kernels.Rotary.Reference.Turn<double>(heads, headDim, frequencies, positions, a[0], y, inverse: false);
                return [y];
            },
            Backward = (a, dy) =>
            {
                double[][] grads = ZerosLike(a);
                Cerise.Tensors.Kernels.Rotary.Reference.Turn<double>(heads, headDim, frequencies, positions, dy[0], grads[0], inverse: true);
                return grads;
            },
        };
    }

    public static OpCase SwiGlu(Seed seed, int length) => new()
    {
        Name = $"SwiGlu({length})",
        Inputs = [(new Shape(length), Draws.Normal(seed.Fork("gate"), length, 3)), (new Shape(length), Draws.Normal(seed.Fork("up"), length))],
        Apply = (_, x, _) => [x[0].SwiGlu(x[1])],
        Forward = a =>
        {
            double[] y = new double[length];
            Cerise.Tensors.Kernels.SwiGlu.Reference.Forward<double>(a[0], a[1], y);
            return [y];
        },
        Backward = (a, dy) =>
        {
            double[][] grads = ZerosLike(a);
            Cerise.Tensors.Kernels.SwiGlu.Reference.Backward<double>(a[0], a[1], dy[0], grads[0], grads[1]);
            return grads;
        },
    };

    public static OpCase Attention(Seed seed, int[] lengths, int heads, int kvHeads, int headDim, AttentionSettings? settings = null)
    {
        AttentionShape shape = new(heads, kvHeads, headDim);
        AttentionSettings scores = settings ?? new AttentionSettings(headDim);
        int tokens = lengths.Sum();
        return new OpCase
        {
            Name = $"Attention([{string.Join(", ", lengths)}], {heads}/{kvHeads} heads, {scores})",
            Inputs =
            [
                (new Shape(tokens, heads * headDim), Draws.Normal(seed.Fork("queries"), tokens * heads * headDim, 1.5f)),
                (new Shape(tokens, kvHeads * headDim), Draws.Normal(seed.Fork("keys"), tokens * kvHeads * headDim, 1.5f)),
                (new Shape(tokens, kvHeads * headDim), Draws.Normal(seed.Fork("values"), tokens * kvHeads * headDim)),
            ],
            Tolerance = 2e-5,
            Apply = (_, x, _) => [x[0].Attention(x[1], x[2], AttentionPlan.Packed(lengths), scores)],
            Forward = a =>
            {
                double[] y = new double[a[0].Length];
                CausalAttention.Reference.Forward<double>(shape, scores, lengths, a[0], a[1], a[2], y);
                return [y];
            },
            Backward = (a, dy) =>
            {
                double[][] grads = ZerosLike(a);
                CausalAttention.Reference.Backward<double>(shape, scores, lengths, a[0], a[1], a[2], dy[0], grads[0], grads[1], grads[2]);
                return grads;
            },
        };
    }

    /// <summary>Attention over groups, each a sequence's length and those of its continuations; the reference repeats the sequence for each.</summary>
    public static OpCase SharedAttention(Seed seed, int[][] groups, int heads, int kvHeads, int headDim, AttentionSettings? settings = null)
    {
        OpCase packed = Attention(seed, [.. groups.SelectMany(group => group)], heads, kvHeads, headDim, settings);
        SharedLayout layout = new(groups);
        OpCase repeated = Attention(seed, layout.Lengths, heads, kvHeads, headDim, settings);
        return packed with
        {
            Name = $"SharedAttention({string.Join(", ", groups.Select(group => $"[{string.Join(", ", group)}]"))}; {heads}/{kvHeads} heads, {settings})",
            Apply = (_, x, _) => [x[0].Attention(x[1], x[2], layout.Plan(), settings ?? new AttentionSettings(headDim))],
            Forward = a => [layout.Once(repeated.Forward([.. a.Select(layout.Repeated)])[0])],
            Backward = (a, dy) => [.. repeated.Backward([.. a.Select(layout.Repeated)], [layout.RepeatedOnce(dy[0])]).Select(layout.Summed)],
        };
    }

    public static OpCase LmHead(Seed seed, int rows, int channels, int vocab, float temperature = 1, float softCap = 0)
    {
        int[] targets = Draws.Below(seed.Fork("targets"), rows, vocab);
        return new OpCase
        {
            Name = $"LmHead({rows} x {channels}, vocab {vocab}, temperature {temperature}, cap {softCap})",
            Inputs = [(new Shape(rows, channels), Draws.Normal(seed.Fork("hidden"), rows * channels))],
            Weights = [(new Shape(vocab, channels), ParameterLayout.Panels, Draws.Normal(seed.Fork("table"), vocab * channels, 2 / MathF.Sqrt(channels)))],
            Tolerance = 3e-5,                                              // logits near 10 are rounded to 1e-6, which is a probability's relative error
            Apply = (_, x, w) =>
            {
                (Tensor logProbs, Tensor entropies) = x[0].LmHead(w[0], new Indices(targets), temperature, softCap);
                return [logProbs, entropies];
            },
            Forward = a =>
            {
                double[][] y = [new double[rows], new double[rows]];
                Cerise.Tensors.Kernels.LmHead.Reference.Forward<double>(vocab, Logits(a), targets, temperature, softCap, y[0], y[1]);
                return y;
            },
            Backward = (a, dy) =>
            {
                double[] gradLogits = new double[rows * vocab];
                Cerise.Tensors.Kernels.LmHead.Reference.Backward<double>(vocab, Logits(a), targets, temperature, softCap, dy[0], dy[1], gradLogits);
                double[][] grads = ZerosLike(a);
                MatMul.Reference.BackwardInput<double>(rows, channels, vocab, gradLogits, a[1], grads[0]);
                MatMul.Reference.BackwardWeight<double>(rows, channels, vocab, a[0], gradLogits, grads[1]);
                return grads;
            },
        };

        double[] Logits(double[][] a)
        {
            double[] logits = new double[rows * vocab];
            MatMul.Reference.Forward<double>(rows, channels, vocab, a[0], a[1], [], logits);
            return logits;
        }
    }

    public static OpCase Unary(Seed seed, UnaryOp op, int length)
    {
        (float p, float q) = op == UnaryOp.Affine ? (-1.5f, 0.25f) : (-0.8f, 0.6f);
        return new OpCase
        {
            Name = $"{op}({length})",
            Inputs = [(new Shape(length), Draws.Normal(seed.Fork("x"), length, 2))],
            Apply = (_, x, _) => [ElementwiseNodes.Unary(op, x[0], p, q)],
            Forward = a => [[.. a[0].Select(x => Elementwise.Reference.Unary<double>(op, p, q, x))]],
            Backward = (a, dy) => [[.. a[0].Zip(dy[0], (x, g) => g * Elementwise.Reference.UnarySlope<double>(op, p, q, x))]],
        };
    }

    public static OpCase Binary(Seed seed, BinaryOp op, int length) => new()
    {
        Name = $"{op}({length})",
        Inputs = [(new Shape(length), Draws.Normal(seed.Fork("a"), length)), (new Shape(length), Draws.Normal(seed.Fork("b"), length))],
        Apply = (_, x, _) => [ElementwiseNodes.Binary(op, x[0], x[1])],
        Forward = a => [[.. a[0].Zip(a[1], (x, y) => Elementwise.Reference.Binary(op, x, y))]],
        Backward = (a, dy) =>
        {
            (double ByA, double ByB)[] slopes = [.. a[0].Zip(a[1], (x, y) => Elementwise.Reference.BinarySlopes(op, x, y))];
            return [[.. slopes.Zip(dy[0], (s, g) => s.ByA * g)], [.. slopes.Zip(dy[0], (s, g) => s.ByB * g)]];
        },
    };

    private static double[] Norm(int rows, int channels, double[] h, double[] weight, double offset)
    {
        double[] y = new double[h.Length];
        Cerise.Tensors.Kernels.RmsNorm.Reference.Forward(rows, channels, Eps, h, weight, offset, y);
        return y;
    }

    private static double[][] NormBackward(int rows, int channels, double[][] operands, double[] dy, double offset)
    {
        double[][] grads = ZerosLike(operands);
        Cerise.Tensors.Kernels.RmsNorm.Reference.Backward(rows, channels, Eps, operands[0], operands[1], offset, dy, grads[0], grads[1]);
        return grads;
    }

    private static double[][] ZerosLike(double[][] operands) => [.. operands.Select(a => new double[a.Length])];

    private static double[] Add(double[] a, double[] b) => [.. a.Zip(b, (x, y) => x + y)];
}
