using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;

namespace Cerise.Tensors.Tests;

public sealed class ParameterTests
{
    [Theory]
    [InlineData(ParameterLayout.Plain)]
    [InlineData(ParameterLayout.Panels)]
    public void Rows_come_back_as_they_were_set(ParameterLayout layout)
    {
        using Device device = Device.Cpu(1);
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (3, 5), (64, 7), (65, 1), (130, 33)])
        {
            using Parameter parameter = new(device, "weight", new Shape(rows, columns), layout);
            Assert.All(parameter.ToArray(), v => Assert.Equal(0, v));
            float[] values = Draws.Normal(Seed.From(rows), rows * columns);
            int cut = rows / 2;
            parameter.SetRows(cut, values.AsSpan(cut * columns));
            parameter.SetRows(0, values.AsSpan(0, cut * columns));
            Assert.Equal(values, parameter.ToArray());
            float[] last = new float[columns];
            parameter.GetRows(rows - 1, last);
            Assert.Equal(values[^columns..], last);
        }
    }

    [Fact]
    public void A_copy_has_the_values_of_its_source()
    {
        using Device device = Device.Cpu(1);
        using Parameter source = OpCheck.NewParameter(device, "source", new Shape(70, 3), ParameterLayout.Panels, Draws.Normal(Seed.From(1), 210));
        using Parameter target = new(device, "target", new Shape(70, 3), ParameterLayout.Panels);
        target.CopyFrom(source);
        Assert.Equal(source.ToArray(), target.ToArray());
        using Parameter other = new(device, "other", new Shape(3, 70), ParameterLayout.Panels);
        ShapeException error = Assert.Throws<ShapeException>(() => other.CopyFrom(source));
        Assert.Contains("'source' is [70, 3], 'other' is [3, 70]", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, new float[] { 1, 2, 3 })]
    [InlineData(1, new float[] { 5, 6, 7 })]
    [InlineData(0.25f, new float[] { 2, 3, 4 })]
    public void Blending_moves_a_target_towards_its_source(float amount, float[] expected)
    {
        using Device device = Device.Cpu(1);
        using Parameter source = OpCheck.NewParameter(device, "source", new Shape(3), ParameterLayout.Plain, [5, 6, 7]);
        using Parameter target = OpCheck.NewParameter(device, "target", new Shape(3), ParameterLayout.Plain, [1, 2, 3]);
        device.Blend(source.Value, target.Value, 3, amount);
        Assert.Equal(expected, target.ToArray());
    }

    // Embedding and head in one: both gradients arrive, and are gone after ZeroGradient.
    [Fact]
    public void A_tied_table_gathers_the_gradients_of_both_uses()
    {
        using Device device = Device.Cpu(1);
        using Graph graph = new(device, record: true);
        using Parameter table = OpCheck.NewParameter(device, "table", new Shape(2, 1), ParameterLayout.Panels, [3, 5]);
        for (int time = 1; time <= 2; time++)
        {
            Tensor hidden = graph.Embedding(table, new Indices([0, 1]));
            graph.Backward(hidden.Linear(table).Dot([1, 0, 0, 10]));       // 3 * 3 + 10 * 5 * 5
            graph.Reset();
        }
        Assert.Equal([2 * 6, 2 * 100], table.ToArray(table.Gradient!));
        Assert.Equal([2 * 6, 2 * 100], table.ToArray(table.Gradient!));
        graph.Backward(graph.Embedding(table, new Indices([0, 1])).Linear(table).Dot([1, 0, 0, 10]));
        Assert.Equal([3 * 6, 3 * 100], table.ToArray(table.Gradient!));
        graph.Reset();
        graph.Backward(graph.Embedding(table, new Indices([0, 1])).Linear(table).Dot([1, 0, 0, 10]));
        table.ZeroGradient();
        Assert.Equal([0, 0], table.ToArray(table.Gradient!));
    }
}
