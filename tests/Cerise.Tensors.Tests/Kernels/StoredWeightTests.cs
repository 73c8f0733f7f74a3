using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

/// <summary>Weights in 16 bits give the bits of float32 weights of the same numbers.</summary>
public sealed class StoredWeightTests
{
    public static TheoryData<SimdLevel, DType> Kinds => new MatrixTheoryData<SimdLevel, DType>(Levels.Usable, [DType.Bfloat16, DType.Float16]);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_product_has_the_bits_of_the_rounded_float32_weight(SimdLevel level, DType dtype)
    {
        Seed seed = Seed.From(3);
        foreach (int threads in level == SimdLevel.Scalar ? [1] : (int[])[1, 3])
        {
            using Device device = Device.Cpu(threads, level);
            using Graph graph = new(device, record: false);
            foreach ((int rows, int channels, int outputs) in Sizes())
            {
                (Parameter stored, Parameter wide) = Pair(device, new Shape(outputs, channels), dtype, seed.Fork(outputs));
                using (stored)
                using (wide)
                using (Parameter bias = new(device, "bias", new Shape(outputs), ParameterLayout.Plain))
                {
                    bias.SetRows(0, Draws.Normal(seed.Fork("bias"), outputs));
                    Tensor x = graph.From(Draws.Normal(seed.Fork(rows), (long)rows * channels), new Shape(rows, channels));
                    string what = $"[{rows}, {channels}] x {outputs} on {device.Name}, {dtype.Name()}";
                    Bits.AssertSame(x.Linear(wide).ToArray(), x.Linear(stored).ToArray(), what);
                    Bits.AssertSame(x.Linear(wide, bias).ToArray(), x.Linear(stored, bias).ToArray(), $"{what}, with bias");
                    Bits.AssertSame(x.Logits(wide).ToArray(), x.Logits(stored).ToArray(), $"{what}, logits");
                }
                graph.Reset();
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Look_ups_and_the_head_have_the_bits_of_the_rounded_float32_table(SimdLevel level, DType dtype)
    {
        Seed seed = Seed.From(4);
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        foreach ((int vocab, int channels, int tokens) in ((int, int, int)[])[(1, 1, 3), (64, 16, 9), (130, 33, 70), (333, 50, 37)])
        {
            (Parameter stored, Parameter wide) = Pair(device, new Shape(vocab, channels), dtype, seed.Fork(vocab));
            using (stored)
            using (wide)
            {
                Indices ids = new(Draws.Below(seed.Fork("ids"), tokens, vocab));
                Bits.AssertSame(graph.Embedding(wide, ids).ToArray(), graph.Embedding(stored, ids).ToArray(), "rows of the table");
                Tensor hidden = graph.From(Draws.Normal(seed.Fork("hidden"), (long)tokens * channels), new Shape(tokens, channels));
                (Tensor logProbs, Tensor entropies) = hidden.LmHead(wide, ids, 0.8f);
                (Tensor storedLogProbs, Tensor storedEntropies) = hidden.LmHead(stored, ids, 0.8f);
                Bits.AssertSame(logProbs.ToArray(), storedLogProbs.ToArray(), "log-probabilities");
                Bits.AssertSame(entropies.ToArray(), storedEntropies.ToArray(), "entropies");
            }
            graph.Reset();
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Gradients_go_back_with_the_bits_of_the_rounded_float32_weight(SimdLevel level, DType dtype)
    {
        Seed seed = Seed.From(6);
        foreach (int threads in level == SimdLevel.Scalar ? [1] : (int[])[1, 3])
        {
            using Device device = Device.Cpu(threads, level);
            foreach ((int rows, int channels, int outputs) in Sizes())
            {
                (Parameter stored, Parameter wide) = Pair(device, new Shape(outputs, channels), dtype, seed.Fork(outputs));
                using (stored)
                using (wide)
                {
                    string what = $"[{rows}, {channels}] x {outputs} on {device.Name}, {dtype.Name()}";
                    float[] slopes = Draws.Normal(seed.Fork("slopes"), (long)rows * outputs);
                    Indices targets = new(Draws.Below(seed.Fork("targets"), rows, outputs));
                    Bits.AssertSame(Gradient(x => x.Linear(wide).Dot(slopes)), Gradient(x => x.Linear(stored).Dot(slopes)), what);
                    Bits.AssertSame(Gradient(x => x.LmHead(wide, targets).LogProbs.Dot(slopes.AsSpan(0, rows))), Gradient(x => x.LmHead(stored, targets).LogProbs.Dot(slopes.AsSpan(0, rows))), $"{what}, head");
                    Bits.AssertSame(Gradient(x => x.LmHeadLoss(wide, targets, slopes.AsSpan(0, rows)).Loss), Gradient(x => x.LmHeadLoss(stored, targets, slopes.AsSpan(0, rows)).Loss), $"{what}, loss");
                }

                float[] Gradient(Func<Tensor, Tensor> loss)
                {
                    using Graph graph = new(device, record: true);
                    Tensor x = graph.Leaf(Draws.Normal(seed.Fork(rows), (long)rows * channels), new Shape(rows, channels));
                    graph.Backward(loss(x));
                    return x.Gradient!.ToArray();
                }
            }
        }
    }

    // NaN, infinities, zeros of both signs and the least numbers must reach the result as they are.
    [Theory]
    [MemberData(nameof(Kinds))]
    public void Special_numbers_pass_through_a_product(SimdLevel level, DType dtype)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        float[] special = [float.NaN, float.PositiveInfinity, float.NegativeInfinity, -0f, 0, 65504, -65504, 6e-8f, -6.1e-5f, 6.2e-5f];
        using Parameter stored = new(device, "stored", new Shape(special.Length, 1), ParameterLayout.Panels, dtype);
        stored.SetRows(0, special);
        float[] y = graph.From([1], new Shape(1, 1)).Linear(stored).ToArray();
        for (int i = 0; i < special.Length; i++)
            Assert.Equal(dtype.Round(special[i]), y[i]);
    }

    // One row, the tall tile and what is left of it; sums beyond a block; several panels and a part of one.
    private static IEnumerable<(int Rows, int Channels, int Outputs)> Sizes() =>
        [(1, 1, 1), (1, 70, 130), (2, 33, 64), (4, 17, 16), (5, 64, 32), (6, 600, 48), (8, 576, 193), (9, 1030, 70), (13, 40, 128), (205, 37, 97)];

    private static (Parameter Stored, Parameter Wide) Pair(Device device, Shape shape, DType dtype, Seed seed)
    {
        Parameter stored = new(device, "stored", shape, ParameterLayout.Panels, dtype);
        Parameter wide = new(device, "wide", shape, ParameterLayout.Panels);
        float[] values = Draws.Normal(seed, shape.Length);
        stored.SetRows(0, values);
        wide.SetRows(0, Array.ConvertAll(values, value => dtype.Round(value)));
        return (stored, wide);
    }
}
