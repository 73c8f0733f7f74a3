using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Ops;

public sealed class LowRankAdapterTests
{
    private static readonly Seed Seed = Seed.From(77);

    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Fact]
    public void Reference_gradients_match_finite_differences()
    {
        OpCheck.ReferenceMatchesFiniteDifferences(AdapterCases.Linear(Seed, 3, 5, 4, rank: 2, scale: 1.5f));
        OpCheck.ReferenceMatchesFiniteDifferences(AdapterCases.Linear(Seed, 3, 4, 5, rank: 3, scale: 0.5f, bias: true, magnitude: true));
        OpCheck.ReferenceMatchesFiniteDifferences(AdapterCases.Head(Seed, 3, 4, 6, rank: 2, scale: 2, temperature: 0.8f));
        OpCheck.ReferenceMatchesFiniteDifferences(AdapterCases.Embedding(Seed, 5, 4, 6, rank: 2, scale: 2));
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Linear_layers_match_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level,
            Enumerable.Range(1, 40).Select(n => AdapterCases.Linear(
                Seed.Fork(n), 1 + (n % 9), 1 + (n * 7 % 90), 1 + (n * 11 % 150), 1 + (n % 3 == 0 ? n * 2 : n % 17), 0.25f * (1 + (n % 7)), bias: n % 2 == 0, magnitude: n % 3 == 1)));

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Head_and_embedding_match_the_reference(SimdLevel level) =>
        OpCheck.MatchesReference(
            level,
            AdapterCases.Head(Seed.Fork(1), 5, 17, 130, rank: 3, scale: 1),
            AdapterCases.Head(Seed.Fork(2), 9, 64, 1100, rank: 16, scale: 0.5f, temperature: 0.7f),
            AdapterCases.Head(Seed.Fork(3), 1, 33, 65, rank: 70, scale: 2),
            AdapterCases.Head(Seed.Fork(6), 4, 33, 1100, rank: 3, scale: 2, softCap: 2),
            AdapterCases.Embedding(Seed.Fork(4), 70, 33, 20, rank: 5, scale: 2),
            AdapterCases.Embedding(Seed.Fork(5), 9, 130, 40, rank: 16, scale: 0.5f));

    // V120: x = 0.5, W = 1, A = 0.2, B = 0.1 with scale 2.
    [Fact]
    public void A_number_by_hand()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        using Parameter weight = OpCheck.NewParameter(device, "w", new Shape(1, 1), ParameterLayout.Panels, [1]);
        using LowRankAdapter adapter = New(device, new Shape(1, 1), new Shape(1, 1), 2, [0.2f], [0.1f]);
        weight.Adapter = adapter;
        Assert.Equal(0.52f, graph.From([0.5f], new Shape(1, 1)).Linear(weight).Item(), 1e-7);
        adapter.Up.SetRows(0, [0]);
        Assert.Equal(0.5f, graph.From([0.5f], new Shape(1, 1)).Linear(weight).Item());
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void An_adapter_that_begins_changes_no_bit(SimdLevel level)
    {
        foreach (bool magnitude in (bool[])[false, true])
        {
            using Device device = Device.Cpu(2, level);
            using Graph graph = new(device, record: false);
            using Parameter weight = OpCheck.NewParameter(device, "w", new Shape(130, 70), ParameterLayout.Panels, Draws.Normal(Seed, 130 * 70));
            using Parameter bias = OpCheck.NewParameter(device, "b", new Shape(130), ParameterLayout.Plain, Draws.Normal(Seed.Fork("b"), 130));
            Tensor x = graph.From(Draws.Normal(Seed.Fork("x"), 7 * 70), new Shape(7, 70));
            float[] expected = x.Linear(weight, bias).ToArray();
            using LowRankAdapter adapter = New(device, new Shape(70, 8), new Shape(130, 8), 2, Draws.Normal(Seed.Fork("a"), 560), new float[1040], magnitude);
            if (magnitude)
                adapter.ResetMagnitude(weight);
            weight.Adapter = adapter;
            Bits.AssertSame(expected, x.Linear(weight, bias).ToArray(), $"{level}, magnitude {magnitude}");
        }
    }

    // The weight's own gradient, and the memory of its input, are what freezing saves; the others' must not notice.
    [Fact]
    public void Freezing_the_weight_leaves_the_other_gradients_as_they_are()
    {
        foreach (bool magnitude in (bool[])[false, true])
        {
            using Device device = Device.Cpu(2);
            float[][] trained = Gradients(device, isFrozen: false, magnitude);
            float[][] frozen = Gradients(device, isFrozen: true, magnitude);
            for (int i = 0; i < trained.Length; i++)
                Bits.AssertSame(trained[i], frozen[i], $"gradient {i}, magnitude {magnitude}");
        }
    }

    [Fact]
    public void Layers_of_one_input_computed_together_have_the_bits_of_one_after_the_other()
    {
        using Device device = Device.Cpu(2);
        using Graph graph = new(device, record: false);
        using Parameter first = OpCheck.NewParameter(device, "w", new Shape(65, 40), ParameterLayout.Panels, Draws.Normal(Seed, 65 * 40));
        using Parameter second = OpCheck.NewParameter(device, "w", new Shape(30, 40), ParameterLayout.Panels, Draws.Normal(Seed.Fork(2), 30 * 40));
        using LowRankAdapter one = New(device, new Shape(40, 4), new Shape(65, 4), 2, Draws.Normal(Seed.Fork(3), 160), Draws.Normal(Seed.Fork(4), 260), magnitude: true);
        using LowRankAdapter other = New(device, new Shape(40, 3), new Shape(30, 3), 1, Draws.Normal(Seed.Fork(5), 120), Draws.Normal(Seed.Fork(6), 90));
        (first.Adapter, second.Adapter) = (one, other);
        Tensor x = graph.From(Draws.Normal(Seed.Fork("x"), 9 * 40), new Shape(9, 40));
        (Tensor y1, Tensor y2) = x.Linear((first, null), (second, null));
        (Tensor z1, Tensor z2, Tensor z3) = x.Linear((first, null), (second, null), (first, null));
        Bits.AssertSame(x.Linear(first).ToArray(), y1.ToArray(), "first of two");
        Bits.AssertSame(x.Linear(second).ToArray(), y2.ToArray(), "second of two");
        Bits.AssertSame(y1.ToArray(), z1.ToArray(), "first of three");
        Bits.AssertSame(y2.ToArray(), z2.ToArray(), "second of three");
        Bits.AssertSame(y1.ToArray(), z3.ToArray(), "third of three");
    }

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void Threads_and_levels_change_no_bit(SimdLevel level)
    {
        foreach (OpCase op in (OpCase[])[AdapterCases.Linear(Seed, 70, 90, 200, 9, 2, bias: true, magnitude: true), AdapterCases.Head(Seed, 20, 40, 300, 7, 2), AdapterCases.Embedding(Seed, 80, 50, 30, 4, 1)])
        {
            using Device reference = Device.Cpu(1, level == SimdLevel.Scalar ? level : Simd.Best);     // without fused multiply-add the bits are others
            using Device device = Device.Cpu(3, level);
            OpResult expected = OpCheck.Run(op, reference);
            OpResult actual = OpCheck.Run(op, device);
            foreach ((float[] one, float[] other) in expected.Outputs.Concat(expected.Gradients).Zip(actual.Outputs.Concat(actual.Gradients)))
                Bits.AssertSame(one, other, $"{op.Name} on {device.Name}");
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void Sampling_sees_the_adapter_of_the_head(float softCap)
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        using Parameter table = OpCheck.NewParameter(device, "head", new Shape(90, 20), ParameterLayout.Panels, Draws.Normal(Seed, 1800));
        using LowRankAdapter adapter = New(device, new Shape(20, 2), new Shape(90, 2), 1, Draws.Normal(Seed.Fork("a"), 40), Draws.Normal(Seed.Fork("b"), 180));
        table.Adapter = adapter;
        Tensor hidden = graph.From(Draws.Normal(Seed.Fork("h"), 3 * 20), new Shape(3, 20));
        int[] ids = new int[3];
        float[] logProbs = new float[3];
        hidden.Sample(table, [new SamplingRow(), new SamplingRow(), new SamplingRow()], ids, logProbs, softCap);
        Bits.AssertSame(hidden.LmHead(table, new Indices(ids), softCap: softCap).LogProbs.ToArray(), logProbs, "log-probabilities of the drawn tokens");
        int[] fromLogits = new int[3];
        device.Sample(hidden.Logits(table, softCap), [new SamplingRow(), new SamplingRow(), new SamplingRow()], fromLogits, logProbs);
        Assert.Equal(ids, fromLogits);
    }

    [Fact]
    public void The_head_refuses_a_magnitude()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        using Parameter table = new(device, "head", new Shape(5, 4), ParameterLayout.Panels);
        using LowRankAdapter adapter = New(device, new Shape(4, 1), new Shape(5, 1), 1, new float[4], new float[5], magnitude: true);
        table.Adapter = adapter;
        Assert.StartsWith(
            "LmHead: 'head' has an adapter with a magnitude", Assert.Throws<ShapeException>(() => graph.New(new Shape(1, 4)).LmHead(table, new Indices([1]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Factors_that_do_not_fit_are_refused()
    {
        using Device device = Device.Cpu(1);
        using Parameter down = new(device, "down", new Shape(4, 2), ParameterLayout.Panels);
        using Parameter up = new(device, "up", new Shape(5, 3), ParameterLayout.Panels);
        Assert.Contains("their ranks differ", Assert.Throws<ShapeException>(() => new LowRankAdapter(down, up, 1)).Message, StringComparison.Ordinal);
        using Parameter weight = new(device, "w", new Shape(5, 3), ParameterLayout.Panels);
        using Graph graph = new(device, record: false);
        using LowRankAdapter other = New(device, new Shape(4, 2), new Shape(5, 2), 1, new float[8], new float[10]);
        weight.Adapter = other;
        Assert.Contains("attach it to the weight it was made for", Assert.Throws<ShapeException>(() => graph.New(new Shape(1, 3)).Linear(weight)).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => other.ResetMagnitude(weight));
    }

    private static float[][] Gradients(Device device, bool isFrozen, bool magnitude)
    {
        using Graph graph = new(device, record: true, ActivationMemory.Float32);
        using Parameter weight = new(device, "w", new Shape(65, 40), ParameterLayout.Panels);
        weight.SetRows(0, Draws.Normal(Seed, 65 * 40));
        if (!isFrozen)
            weight.RequireGradient();
        using LowRankAdapter adapter = New(device, new Shape(40, 4), new Shape(65, 4), 2, Draws.Normal(Seed.Fork(3), 160), Draws.Normal(Seed.Fork(4), 260), magnitude);
        weight.Adapter = adapter;
        Tensor x = graph.Leaf(Draws.Normal(Seed.Fork("x"), 9 * 40), new Shape(9, 40));
        graph.Backward(x.Linear(weight).Dot(Draws.Normal(Seed.Fork("dy"), 9 * 65)));
        Assert.Equal(isFrozen, weight.Gradient is null);
        return [x.Gradient!.ToArray(), adapter.Down.ToArray(adapter.Down.Gradient!), adapter.Up.ToArray(adapter.Up.Gradient!), .. magnitude ? [adapter.Magnitude!.ToArray(adapter.Magnitude.Gradient!)] : (float[][])[]];
    }

    private static LowRankAdapter New(Device device, Shape down, Shape up, float scale, float[] a, float[] b, bool magnitude = false) => new(
        OpCheck.NewParameter(device, "down", down, ParameterLayout.Panels, a), OpCheck.NewParameter(device, "up", up, ParameterLayout.Panels, b), scale,
        magnitude ? OpCheck.NewParameter(device, "magnitude", new Shape(up.Rows), ParameterLayout.Plain, [.. Enumerable.Repeat(1f, up.Rows)]) : null);
}
