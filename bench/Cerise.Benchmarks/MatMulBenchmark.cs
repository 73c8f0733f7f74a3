using BenchmarkDotNet.Attributes;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>The three products of a linear layer.</summary>
public class MatMulBenchmark : KernelBenchmark
{
    private Tensor _x = null!, _y = null!, _gradOutput = null!, _gradInput = null!;
    private Parameter _weight = null!;

    [Params("nano3m", "tiny15m", "smol135m")]
    public string Config { get; set; } = "";

    [Params("attention", "gate", "down")]
    public string Product { get; set; } = "";

    [Params(1, 8, 16, 64, 512, 4096)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        (int inputs, int outputs) = ModelSizes.Product(Config, Product);
        (_x, _y, _gradOutput, _gradInput) = (Draw(Rows, inputs), New(Rows, outputs), Draw(Rows, outputs), New(Rows, inputs));
        _weight = Weight(ParameterLayout.Panels, outputs, inputs);
    }

    [Benchmark]
    public void Forward() => Device.Linear(_x, _weight, null, _y);

    [Benchmark]
    public void BackwardInput() => Device.LinearBackwardInput(_gradOutput, _weight, _gradInput, accumulate: false);

    [Benchmark]
    public void BackwardWeight() => Device.LinearBackwardWeight(_x, _gradOutput, _weight);
}
