using Cerise.Tensors;
using Cerise.Tensors.Autograd;

namespace Cerise.Training.Benchmarks;

/// <summary>A matrix product of 1024 x 1024 x 1024 through the device's linear layer, with one thread and with all.</summary>
internal static class GemmBenchmark
{
    private const int Size = 1024;
    private const int Products = 5;                                        // one alone is too short to time well

    public static IEnumerable<BenchmarkResult> Run(Device device, int threads, RepeatTimer timer)
    {
        using (Device one = Device.Cpu(1))
            yield return Measure(one, 1, timer);
        if (threads > 1)
            yield return Measure(device, threads, timer);
    }

    private static BenchmarkResult Measure(Device device, int threads, RepeatTimer timer)
    {
        float[] values = new float[Size * Size];
        for (int i = 0; i < values.Length; i++)
            values[i] = (i % 7) - 3;
        using var graph = new Graph(device, record: false);
        using var weight = new Parameter(device, "weight", new Shape(Size, Size), ParameterLayout.Panels);
        weight.SetRows(0, values);
        Tensor x = graph.From(values, new Shape(Size, Size));
        Tensor y = graph.New(new Shape(Size, Size));
        return timer.Measure(
            device,
            threads,
            () =>
            {
                for (int i = 0; i < Products; i++)
                    device.Linear(x, weight, null, y);
            },
            (seconds, peak, peakOne, memory) => new(
                "gemm", $"{Size}x{Size}x{Size}", Size, 0, threads, seconds / Products, 2.0 * Size * Size * Size, peak, peakOne, memory));
    }
}
