using Cerise.Tensors.Autograd;
using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Numerics;

public sealed class ElementaryTests
{
    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Exp_stays_within_its_stated_error_over_the_whole_range(SimdLevel level)
    {
        const int count = 1 << 18;
        float[] x = new float[count];
        for (int i = 0; i < count; i++)
            x[i] = (float)(-87.336 + (i * (88.722 + 87.336) / (count - 1)));
        float[] y = Exp(level, x);
        double worst = 0;
        for (int i = 0; i < count; i++)
            worst = Math.Max(worst, Math.Abs((y[i] / Math.Exp(x[i])) - 1));
        Assert.InRange(worst, 0, 2e-7);
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Exp_of_special_values_is_exact(SimdLevel level)
    {
        float[] y = Exp(level, [float.NegativeInfinity, -1e30f, -89, 0, -0f, 89, 1e30f, float.PositiveInfinity, float.NaN, float.Epsilon, -float.Epsilon]);
        Assert.Equal([0, 0, 0, 1, 1, float.PositiveInfinity, float.PositiveInfinity, float.PositiveInfinity, float.NaN, 1, 1], y);
        Assert.All(y[..3], zero => Assert.Equal(0u, Bits.Of(zero)));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Exp_of_what_is_not_above_0_has_the_bits_of_exp(SimdLevel level)
    {
        switch (level)
        {
            case SimdLevel.Vector512:
                AssertSameBits<Lanes512>();
                break;
            case SimdLevel.Vector256:
                AssertSameBits<Lanes256>();
                break;
            case SimdLevel.Vector128:
                AssertSameBits<Lanes128>();
                break;
            default:
                AssertSameBits<LanesScalar>();
                break;
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Exp_of_small_numbers_rises_steadily(SimdLevel level)
    {
        float[] x = new float[4096];
        for (int i = 0; i < x.Length; i++)
            x[i] = (i - 2048) / 1024f;
        float[] y = Exp(level, x);
        for (int i = 1; i < y.Length; i++)
            Assert.True(y[i] > y[i - 1], $"e^{x[i]} is not above e^{x[i - 1]}");
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_number_has_the_same_image_wherever_it_stands(SimdLevel level)
    {
        float[] others = Draws.Normal(Seed.From(1), 40, 10);
        foreach (float value in (float[])[-3.7f, 0.1f, 12.5f, -87.3f, 88.7f, float.NaN])
        {
            uint expected = Bits.Of(Exp(level, [value])[0]);
            for (int length = 1; length <= 40; length++)
            {
                float[] x = others[..length];
                x[length - 1] = value;
                Assert.Equal(expected, Bits.Of(Exp(level, x)[length - 1]));
                x = others[..length];
                x[length / 2] = value;
                Assert.Equal(expected, Bits.Of(Exp(level, x)[length / 2]));
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Sigmoid_is_accurate_and_saturates(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        float[] x = new float[4001];
        for (int i = 0; i < x.Length; i++)
            x[i] = (i - 2000) / 20f;
        float[] y = graph.From(x).Sigmoid().ToArray();
        for (int i = 0; i < x.Length; i++)
        {
            double exact = 1 / (1 + Math.Exp(-(double)x[i]));
            Assert.True(Math.Abs(y[i] - exact) <= 4e-7 * exact || (x[i] < -88 && y[i] == 0), $"sigmoid({x[i]}) = {y[i]}, exactly {exact}");
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Tanh_stays_within_its_stated_error_and_saturates(SimdLevel level)
    {
        float[] x = [.. Enumerable.Range(-60_000, 120_001).Select(i => i / 6000f), .. Enumerable.Range(1, 5000).Select(i => (float)Math.Pow(10, -i / 120.0))];
        float[] y = Tanh(level, x);
        for (int i = 0; i < x.Length; i++)
        {
            double exact = Math.Tanh(x[i]);
            Assert.True(Math.Abs(y[i] - exact) <= (3e-7 * Math.Abs(exact)) + 1e-45, $"tanh({x[i]}) = {y[i]}, exactly {exact}");
            Assert.True(Math.Abs(y[i]) <= 1);
        }
        float[] special = Tanh(level, [float.NegativeInfinity, -1e30f, -20, -0f, 0, 20, 1e30f, float.PositiveInfinity, float.NaN]);
        Assert.Equal([-1, -1, -1, 0, 0, 1, 1, 1, float.NaN], special);
        Assert.Equal(0x8000_0000u, Bits.Of(special[3]));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Tanh_rises_steadily_across_the_border_of_its_two_parts_but_for_rounding(SimdLevel level)
    {
        float[] x = [.. Enumerable.Range(0, 4000).Select(i => 0.5f + (i / 20_000f))];
        float[] y = Tanh(level, x);
        for (int i = 1; i < y.Length; i++)
            Assert.True(y[i] > y[i - 1], $"tanh({x[i]}) is not above tanh({x[i - 1]})");
    }

    private static unsafe float[] Tanh(SimdLevel level, float[] x)
    {
        return level switch
        {
            SimdLevel.Vector512 => Of<Lanes512>(),
            SimdLevel.Vector256 => Of<Lanes256>(),
            SimdLevel.Vector128 => Of<Lanes128>(),
            _ => Of<LanesScalar>(),
        };

        float[] Of<TLanes>()
            where TLanes : struct, ILanes<TLanes>
        {
            float[] y = new float[x.Length];
            fixed (float* source = x)
            fixed (float* target = y)
            {
                for (int i = 0; i < x.Length; i += 16)
                    TLanes.StorePart(Elementary.Tanh(TLanes.LoadPart(source + i, Math.Min(16, x.Length - i))), target + i, Math.Min(16, x.Length - i));
            }
            return y;
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Gelu_keeps_its_relative_precision_in_the_tail(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        float[] x = [.. Enumerable.Range(0, 4001).Select(i => (i - 2000) / 160f)];
        foreach ((GeluForm form, double tolerance) in new[] { (GeluForm.Exact, 2e-6), (GeluForm.Tanh, 3e-6) })
        {
            float[] y = graph.From(x).Gelu(form).ToArray();
            for (int i = 0; i < x.Length; i++)
            {
                // Below about -5, 1 + erf and 1 + tanh cancel in the double reference too.
                double exact = GeluReference.Value(form, (double)x[i]);
                Assert.True(Math.Abs(y[i] - exact) <= (tolerance * Math.Abs(exact)) + 1e-14, $"gelu {form} of {x[i]} = {y[i]}, exactly {exact}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Gelu_of_large_and_special_numbers_saturates(SimdLevel level)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: true);
        foreach (GeluForm form in Enum.GetValues<GeluForm>())
        {
            Tensor x = graph.Leaf([-1000, -20, 0, 20, 1000, float.NaN], new Shape(6));
            Tensor y = x.Gelu(form);
            Assert.Equal([0, 0, 0, 20, 1000, float.NaN], y.ToArray());
            graph.Backward(y.Dot([1, 1, 1, 1, 1, 1]));
            Assert.Equal([0, 0, 0.5f, 1, 1, float.NaN], x.Gradient!.ToArray().Select(slope => Math.Abs(slope) < 1e-7f ? 0 : slope));
        }
    }

    private static unsafe void AssertSameBits<TLanes>()
        where TLanes : struct, ILanes<TLanes>
    {
        float* x = stackalloc float[16];
        float* expected = stackalloc float[16];
        float* actual = stackalloc float[16];
        float[] special = [0, -0f, -87.33654f, MathF.BitDecrement(-87.33654f), MathF.BitIncrement(-87.33654f), -88, -1e30f, float.NegativeInfinity, float.NaN, -float.Epsilon];
        float[] all = [.. special, .. Enumerable.Range(0, 50_000).Select(i => -(i * 87.5f / 50_000)), .. new float[6]];
        for (int i = 0; i + 16 <= all.Length; i += 16)
        {
            all.AsSpan(i, 16).CopyTo(new Span<float>(x, 16));
            TLanes.Store(Elementary.Exp(TLanes.Load(x)), expected);
            TLanes.Store(Elementary.ExpOfNonPositive(TLanes.Load(x)), actual);
            for (int j = 0; j < 16; j++)
                Assert.True(float.IsNaN(expected[j]) ? float.IsNaN(actual[j]) : Bits.Of(expected[j]) == Bits.Of(actual[j]), $"e^{x[j]} is {expected[j]}, and {actual[j]}");
        }
    }

    private static float[] Exp(SimdLevel level, float[] x)
    {
        using Device device = Device.Cpu(1, level);
        using Graph graph = new(device, record: false);
        return graph.From(x).Exp().ToArray();
    }
}
