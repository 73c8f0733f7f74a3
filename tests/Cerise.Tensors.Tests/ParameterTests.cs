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

    [Theory]
    [InlineData(ParameterLayout.Plain, DType.Bfloat16)]
    [InlineData(ParameterLayout.Plain, DType.Float16)]
    [InlineData(ParameterLayout.Panels, DType.Bfloat16)]
    [InlineData(ParameterLayout.Panels, DType.Float16)]
    public void Rows_of_a_16_bit_weight_come_back_rounded_once(ParameterLayout layout, DType dtype)
    {
        using Device device = Device.Cpu(1);
        foreach ((int rows, int columns) in ((int, int)[])[(1, 1), (3, 5), (64, 7), (65, 1), (130, 33)])
        {
            using Parameter parameter = new(device, "weight", new Shape(rows, columns), layout, dtype);
            Assert.All(parameter.ToArray(), v => Assert.Equal(0, v));
            Assert.Equal(layout == ParameterLayout.Plain ? DType.Float32 : dtype, parameter.Value.DType);
            float[] values = Draws.Normal(Seed.From(rows), rows * columns);
            float[] rounded = Array.ConvertAll(values, value => dtype.Round(value));
            int cut = rows / 2;
            parameter.SetRows(cut, values.AsSpan(cut * columns));
            parameter.SetRows(0, values.AsSpan(0, cut * columns));
            Assert.Equal(rounded, parameter.ToArray());
            parameter.SetRows(0, rounded);
            Assert.Equal(rounded, parameter.ToArray());

            using Parameter copy = new(device, "copy", parameter.Shape, layout, dtype);
            copy.CopyFrom(parameter);
            Assert.Equal(rounded, copy.ToArray());
            using Parameter wide = new(device, "wide", parameter.Shape, layout);
            wide.CopyFrom(parameter);
            Assert.Equal(rounded, wide.ToArray());
            wide.SetRows(0, values);
            copy.CopyFrom(wide);
            Assert.Equal(rounded, copy.ToArray());
        }
    }

    [Theory]
    [InlineData(DType.Bfloat16)]
    [InlineData(DType.Float16)]
    public void A_16_bit_weight_moves_towards_another_and_is_rounded(DType dtype)
    {
        using Device device = Device.Cpu(1);
        float[] start = Draws.Normal(Seed.From(1), 70 * 3), end = Draws.Normal(Seed.From(2), 70 * 3);
        using Parameter target = new(device, "target", new Shape(70, 3), ParameterLayout.Panels, dtype);
        using Parameter source = new(device, "source", new Shape(70, 3), ParameterLayout.Panels);
        target.SetRows(0, start);
        source.SetRows(0, end);
        target.Blend(source, 0.25f);
        float[] expected = [.. start.Zip(end, (a, b) => dtype.Round(dtype.Round(a) + (0.25f * (b - dtype.Round(a)))))];
        Assert.Equal(expected, target.ToArray());
        target.Blend(source, 1);
        Assert.Equal(Array.ConvertAll(end, value => dtype.Round(value)), target.ToArray());
    }

    [Theory]
    [InlineData(ParameterLayout.Plain)]
    [InlineData(ParameterLayout.Panels)]
    public void A_number_beyond_float16_is_refused_with_its_place(ParameterLayout layout)
    {
        using Device device = Device.Cpu(1);
        using Parameter parameter = new(device, "model.norm", new Shape(2, 3), layout, DType.Float16);
        OverflowException error = Assert.Throws<OverflowException>(() => parameter.SetRows(1, [1, 2, -70000]));
        Assert.Equal("'model.norm' [1, 2] is -70000, beyond float16's largest number, 65504: store it as bfloat16 or float32", error.Message);
        Assert.Equal(new float[6], parameter.ToArray());
        parameter.SetRows(1, [1, float.NaN, float.NegativeInfinity]);
        Assert.Equal([0, 0, 0, 1, float.NaN, float.NegativeInfinity], parameter.ToArray());
    }

    [Fact]
    public void Only_float32_weights_are_trained()
    {
        using Device device = Device.Cpu(1);
        foreach (ParameterLayout layout in Enum.GetValues<ParameterLayout>())
        {
            using Parameter parameter = new(device, "gate", new Shape(2, 3), layout, DType.Bfloat16);
            InvalidOperationException error = Assert.Throws<InvalidOperationException>(parameter.RequireGradient);
            Assert.StartsWith("'gate' is stored as bfloat16", error.Message, StringComparison.Ordinal);
            Assert.EndsWith("Load the model with dtype float32", error.Message, StringComparison.Ordinal);
            Assert.False(parameter.Trainable);
        }
    }

    [Fact]
    public void Ops_for_float32_memory_refuse_16_bits()
    {
        using Device device = Device.Cpu(1);
        using Parameter stored = new(device, "stored", new Shape(64, 3), ParameterLayout.Panels, DType.Bfloat16);
        using Parameter wide = new(device, "wide", new Shape(64, 3), ParameterLayout.Panels);
        InvalidOperationException error = Assert.Throws<InvalidOperationException>(() => device.SumOfSquares(stored.Value, stored.PaddedLength));
        Assert.Contains("memory stored as bfloat16", error.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => device.Blend(wide.Value, stored.Value, stored.PaddedLength, 0.5f));
        Assert.Throws<ShapeException>(() => device.Copy(wide.Value, 0, stored.Value, 0, 64));
    }
}
