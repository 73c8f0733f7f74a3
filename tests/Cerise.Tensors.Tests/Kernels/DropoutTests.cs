using Cerise.Tensors.Autograd;
using Cerise.Tensors.Numerics;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Kernels;

public sealed class DropoutTests
{
    private static readonly Seed Seed = Seed.From(5);

    public static TheoryData<SimdLevel> AllLevels => Levels.Data;

    [Theory]
    [MemberData(nameof(AllLevels))]
    public void A_number_is_kept_or_zero_by_its_rows_key_and_its_channel(SimdLevel level)
    {
        using Device device = Device.Cpu(2, level);
        using Graph graph = new(device, record: false);
        const int Rows = 30, Channels = 101;
        Seed[] keys = [.. Enumerable.Range(0, Rows).Select(row => Seed.Fork(row))];
        float[] whole = Dropped(graph, device, keys, Channels);
        int zeros = whole.Count(value => value == 0);
        Assert.All(whole, value => Assert.True(value is 0 or 1.3333334f));
        Assert.InRange(zeros, (int)(0.2 * Rows * Channels), (int)(0.3 * Rows * Channels));
        for (int row = 0; row < Rows; row++)
            Assert.Equal(whole[(row * Channels)..((row + 1) * Channels)], Dropped(graph, device, [keys[row]], Channels));
        Assert.NotEqual(whole, Dropped(graph, device, keys, Channels, adapter: 8));
    }

    [Fact]
    public void The_gradient_passes_where_the_input_did()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        const int Rows = 6, Channels = 20;
        Seed[] keys = [.. Enumerable.Range(0, Rows).Select(row => Seed.Fork(row))];
        using Parameter weight = new(device, "w", new Shape(3, Channels), ParameterLayout.Panels);
        using LowRankAdapter adapter = new(
            OpCheck.NewParameter(device, "down", new Shape(Channels, 2), ParameterLayout.Panels, Draws.Normal(Seed.Fork("a"), 2 * Channels)),
            OpCheck.NewParameter(device, "up", new Shape(3, 2), ParameterLayout.Panels, Draws.Normal(Seed.Fork("b"), 6)), 1)
        { Dropout = new AdapterDropout(0.25, 7, keys) };
        weight.Adapter = adapter;
        float[] values = Draws.Normal(Seed.Fork("x"), Rows * Channels);
        Tensor x = graph.Leaf(values, new Shape(Rows, Channels));
        float[] slopes = Draws.Normal(Seed.Fork("dy"), Rows * 3);
        graph.Backward(x.Linear(weight).Dot(slopes));
        float[] gradient = x.Gradient!.ToArray();
        float[] gradDown = adapter.Down.ToArray(adapter.Down.Gradient!);

        // The same without dropout on the input as it was dropped.
        using Graph plain = new(device, record: true);
        float[] mask = Dropped(plain, device, keys, Channels);
        adapter.Dropout = null;
        adapter.Down.ZeroGradient();
        Tensor dropped = plain.Leaf([.. values.Zip(mask, (value, kept) => value * kept)], new Shape(Rows, Channels));
        plain.Backward(dropped.Linear(weight).Dot(slopes));
        Assert.Equal(gradDown, adapter.Down.ToArray(adapter.Down.Gradient!));
        Assert.Equal(gradient, dropped.Gradient!.ToArray().Zip(mask, (slope, kept) => slope * kept));
    }

    [Fact]
    public void Scoring_drops_nothing()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        using Parameter weight = new(device, "w", new Shape(1, 2), ParameterLayout.Panels);
        using LowRankAdapter adapter = new(
            OpCheck.NewParameter(device, "down", new Shape(2, 1), ParameterLayout.Panels, [1, 1]), OpCheck.NewParameter(device, "up", new Shape(1, 1), ParameterLayout.Panels, [1]), 1)
        { Dropout = new AdapterDropout(0.99, 0, [Seed]) };
        weight.Adapter = adapter;
        Assert.Equal(5, graph.From([2, 3], new Shape(1, 2)).Linear(weight).Item());
        Assert.Throws<ArgumentOutOfRangeException>(() => new AdapterDropout(1, 0, []));
    }

    private static float[] Dropped(Graph graph, Device device, Seed[] keys, int channels, long adapter = 7)
    {
        Tensor ones = graph.From([.. Enumerable.Repeat(1f, keys.Length * channels)], new Shape(keys.Length, channels));
        Tensor dropped = graph.New(ones.Shape);
        device.Dropout(ones, new AdapterDropout(0.25, adapter, keys), dropped, accumulate: false);
        return dropped.ToArray();
    }
}
