using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>
/// What exactness costs: the same work on one thread with sums in the engine's fixed order and in the order that is fastest for this one shape.
/// </summary>
/// <remarks>
/// Each order is written as well as it can be. The shapes are the least favourable ones, a single row or query in a near cache: with several
/// rows, heads or panels at once the chains of all of them hide each other's latency, and with weights from memory so does memory.
/// </remarks>
internal static class FixedOrderBenchmark
{
    private const int Inputs = 288, Outputs = 768, Times = 400;
    private const int Keys = 1024;

    public static IEnumerable<BenchmarkResult> Run(RepeatTimer timer)
    {
        Seed seed = Seed.From(3);
        float[] x = Draw(seed.Fork(0), Inputs), weight = Draw(seed.Fork(1), Inputs * Outputs), y = new float[Outputs];
        BenchmarkWork product = Work($"row_product 1x{Inputs}x{Outputs}", 2.0 * Inputs * Outputs, Inputs * Outputs);
        yield return Measure(product, "fixed", () => RowProductOrders.Fixed(x, weight, y));
        yield return Measure(product, "free", () => RowProductOrders.Free(x, weight, y));

        float[] row = Draw(seed.Fork(2), Outputs);
        BenchmarkWork sum = Work($"sum_of_squares {Outputs}", 2.0 * Outputs, Outputs);
        yield return Measure(sum, "fixed", () => y[0] = SumOrders.Fixed(row));
        yield return Measure(sum, "free", () => y[0] = SumOrders.Free(row));

        const int dim = AttentionOrders.HeadDim;
        float[] query = Draw(seed.Fork(3), dim), keys = Draw(seed.Fork(4), Keys * dim), values = Draw(seed.Fork(5), Keys * dim), scores = new float[Keys];
        BenchmarkWork attention = Work($"attention 1x{Keys}x{dim}", 4.0 * Keys * dim, 2 * Keys * dim);
        yield return Measure(attention, "fixed", () => AttentionOrders.Fixed(query, keys, values, scores, y));
        yield return Measure(attention, "free", () => AttentionOrders.Free(query, keys, values, scores, y));

        BenchmarkResult Measure(BenchmarkWork work, string order, Action once) => timer.Measure(work with { Variant = order }, null, () =>
        {
            for (int i = 0; i < Times; i++)
                once();
        });
    }

    private static BenchmarkWork Work(string shape, double operations, int numbers) => new("fixed_order", shape, 1, 1)
    {
        Operations = operations,
        Bytes = (double)numbers * sizeof(float),
        WorkingSet = (double)numbers * sizeof(float),
        Times = Times,
    };

    private static float[] Draw(Seed seed, int count) => [.. Enumerable.Range(0, count).Select(i => (float)seed.Uniform(i) - 0.5f)];
}
