using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests.Ops;

public sealed class RowOpsTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(33)]
    public void Gathered_rows_send_their_gradients_back_to_where_they_came_from(int columns)
    {
        int[] rows = [2, 0, 2, 6, 2];
        Check(new OpCase
        {
            Name = $"GatherRows({columns})",
            Inputs = [(new Shape(7, columns), Draws.Normal(Seed.From(1), 7 * columns))],
            Apply = (_, x, _) => [x[0].GatherRows(new Indices(rows))],
            Forward = a => [[.. rows.SelectMany(row => a[0][(row * columns)..((row + 1) * columns)])]],
            Backward = (a, dy) =>
            {
                double[] gradient = new double[a[0].Length];
                for (int i = 0; i < dy[0].Length; i++)
                    gradient[(rows[i / columns] * columns) + (i % columns)] += dy[0][i];
                return [gradient];
            },
        });
    }

    [Fact]
    public void Segments_are_summed_and_their_gradients_spread()
    {
        int[] offsets = [0, 3, 3, 4, 10];
        Check(new OpCase
        {
            Name = "SegmentSum",
            Inputs = [(new Shape(10), Draws.Normal(Seed.From(2), 10))],
            Apply = (_, x, _) => [x[0].SegmentSum(new Indices(offsets))],
            Forward = a => [Sums(a[0], offsets)],
            Backward = (_, dy) => [Spread(dy[0], offsets)],
        });
    }

    [Fact]
    public void Segments_are_spread_and_their_gradients_summed()
    {
        int[] offsets = [0, 2, 2, 7];
        Check(new OpCase
        {
            Name = "SegmentBroadcast",
            Inputs = [(new Shape(3), Draws.Normal(Seed.From(3), 3))],
            Apply = (_, x, _) => [x[0].SegmentBroadcast(new Indices(offsets))],
            Forward = a => [Spread(a[0], offsets)],
            Backward = (_, dy) => [Sums(dy[0], offsets)],
        });
    }

    [Fact]
    public void Weighted_sums_scale_their_weights_by_the_gradient()
    {
        float[] weights = Draws.Normal(Seed.From(4), 100);
        Check(new OpCase
        {
            Name = "Dot",
            Inputs = [(new Shape(100), Draws.Normal(Seed.From(5), 100))],
            Apply = (_, x, _) => [x[0].Dot(weights)],
            Forward = a => [[a[0].Zip(weights, (x, w) => x * w).Sum()]],
            Backward = (_, dy) => [[.. weights.Select(w => dy[0][0] * w)]],
        });
    }

    // Sums of many numbers are rounded once.
    [Fact]
    public void A_weighted_sum_loses_nothing_on_the_way()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: false);
        float[] x = [1e8f, .. Enumerable.Repeat(1f, 1000), -1e8f];
        Assert.Equal(1000f, graph.From(x).Dot([.. Enumerable.Repeat(1f, 1002)]).Item());
        Assert.Equal(1000f, graph.From(x).SegmentSum(new Indices([0, 1002])).Item());
    }

    private static void Check(OpCase op)
    {
        OpCheck.ReferenceMatchesFiniteDifferences(op);
        foreach (Cerise.Tensors.Numerics.SimdLevel level in Levels.Usable)
            OpCheck.MatchesReference(level, op);
    }

    private static double[] Sums(double[] x, int[] offsets) => [.. offsets[1..].Zip(offsets, (end, start) => x[start..end].Sum())];

    private static double[] Spread(double[] x, int[] offsets) => [.. x.SelectMany((v, s) => Enumerable.Repeat(v, offsets[s + 1] - offsets[s]))];
}
