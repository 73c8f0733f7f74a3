using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Training.Benchmarks;

/// <summary>A matrix product of 1024 x 1024 x 1024 through the device's linear layer.</summary>
internal static class GemmBenchmark
{
    private const int Size = 1024;
    private const int Products = 5;                                        // one alone is too short to time well

    public static BenchmarkResult Run(BenchmarkWork work, Device device, RepeatTimer timer, DType dtype = DType.Float32)
    {
        float[] values = new float[Size * Size];
        for (int i = 0; i < values.Length; i++)
            values[i] = (i % 7) - 3;
        using var graph = new Graph(device, record: false);
        using var weight = new Parameter(device, "weight", new Shape(Size, Size), ParameterLayout.Panels, dtype);
        weight.SetRows(0, values);
        Tensor x = graph.From(values, new Shape(Size, Size));
        Tensor y = graph.New(new Shape(Size, Size));
        double bytes = (double)Size * Size * ((2 * sizeof(float)) + dtype.Size());
        work = work with
        {
            Config = $"{Size}x{Size}x{Size}",
            Batch = Size,
            Operations = 2.0 * Size * Size * Size,
            Dtype = dtype.Name(),
            Bytes = bytes,
            WorkingSet = bytes,
            Times = Products,
        };
        return timer.Measure(work, device, () =>
        {
            for (int i = 0; i < Products; i++)
                device.Linear(x, weight, null, y);
        });
    }
}
