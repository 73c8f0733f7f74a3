using BenchmarkDotNet.Attributes;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>One update of a weight, and the norm of its gradient.</summary>
public class AdamWBenchmark : KernelBenchmark
{
    private Parameter _weight = null!;
    private Storage _first = null!, _second = null!;

    /// <summary>Numbers in the weight: within a near cache, within the last one, beyond it.</summary>
    [Params(1 << 16, 1 << 20, 1 << 24)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _weight = Weight(ParameterLayout.Panels, Length / 256, 256);
        (_first, _second) = (Own(Device.Allocate(Length)), Own(Device.Allocate(Length)));
        Device.Fill(_first, 0, Length, 0);
        Device.Fill(_second, 0, Length, 0);
    }

    [Benchmark]
    public void AdamW() => Device.AdamW(_weight, _first, _second, new AdamWStep(1e-4f, 0.9f, 0.999f, 1e-8f, 0, 1, 100));

    [Benchmark]
    public double SumOfSquares() => Device.SumOfSquares(_weight.Value, Length);
}
