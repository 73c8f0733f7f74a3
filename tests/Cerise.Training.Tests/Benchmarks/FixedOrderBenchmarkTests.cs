using Cerise.Tensors;
using Cerise.Training.Benchmarks;

namespace Cerise.Training.Tests.Benchmarks;

/// <summary>A comparison is fair only when both orders do the work.</summary>
public sealed class FixedOrderBenchmarkTests
{
    [Fact]
    public void Both_orders_of_a_row_product_give_the_product()
    {
        const int inputs = 6, outputs = 128;
        float[] x = Draw(1, inputs), weight = Draw(2, inputs * outputs), one = new float[outputs], other = new float[outputs];
        RowProductOrders.Fixed(x, weight, one);
        RowProductOrders.Free(x, weight, other);
        for (int j = 0; j < outputs; j++)
        {
            double expected = Enumerable.Range(0, inputs).Sum(k => (double)x[k] * weight[(j / 64 * 64 * inputs) + (k * 64) + (j % 64)]);
            Assert.Equal(expected, one[j], 1e-6);
            Assert.Equal(expected, other[j], 1e-6);
        }
    }

    [Fact]
    public void Both_orders_of_a_sum_give_the_sum()
    {
        float[] row = Draw(3, 384);
        double expected = row.Sum(value => (double)value * value);
        Assert.Equal(expected, SumOrders.Fixed(row), 1e-4);
        Assert.Equal(expected, SumOrders.Free(row), 1e-4);
    }

    [Fact]
    public void Both_orders_of_attention_give_the_weighted_mean_of_the_values()
    {
        const int count = 192, dim = AttentionOrders.HeadDim;
        float[] query = Draw(4, dim), keys = Draw(5, count * dim), values = Draw(6, count * dim), one = new float[dim], other = new float[dim];
        AttentionOrders.Fixed(query, keys, values, new float[count], one);
        AttentionOrders.Free(query, keys, values, new float[count], other);
        double[] p = [.. Enumerable.Range(0, count).Select(i =>
            Math.Exp(Enumerable.Range(0, dim).Sum(d => (double)query[d] * keys[(i / 64 * 64 * dim) + (d * 64) + (i % 64)])))];
        for (int d = 0; d < dim; d++)
        {
            double expected = p.Select((weight, i) => weight * values[(i * dim) + d]).Sum() / p.Sum();
            Assert.Equal(expected, one[d], 1e-5);
            Assert.Equal(expected, other[d], 1e-5);
        }
    }

    private static float[] Draw(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => (float)Seed.From(seed).Normal(i))];
}
