using BenchmarkDotNet.Attributes;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>The ops between the products: norm with residual, SwiGLU, rotary positions.</summary>
public class LayerOpsBenchmark : KernelBenchmark
{
    private const float Eps = 1e-5f;

    private Tensor _x = null!, _residual = null!, _sum = null!, _y = null!, _rstd = null!, _gradOutput = null!, _gradInput = null!;
    private Tensor _gate = null!, _up = null!, _product = null!, _gradProduct = null!, _gradGate = null!, _gradUp = null!;
    private Tensor _queries = null!;
    private Parameter _norm = null!;
    private RotaryTable _rotary = null!;
    private Indices _positions = null!;
    private int _headDim;

    [Params("nano3m", "tiny15m", "smol135m")]
    public string Config { get; set; } = "";

    [Params(1, 64, 4096)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ModelConfig model = ModelSizes.Of(Config);
        (int hidden, int inner) = (model.HiddenSize, model.IntermediateSize);
        (_x, _residual, _sum, _y, _rstd) = (Draw(Rows, hidden), Draw(Rows, hidden), New(Rows, hidden), New(Rows, hidden), New(Rows));
        (_gradOutput, _gradInput) = (Draw(Rows, hidden), New(Rows, hidden));
        (_gate, _up, _product, _gradProduct) = (Draw(Rows, inner), Draw(Rows, inner), New(Rows, inner), Draw(Rows, inner));
        (_gradGate, _gradUp) = (New(Rows, inner), New(Rows, inner));
        _queries = Draw(Rows, model.NumAttentionHeads * model.HeadDim);
        _norm = Weight(ParameterLayout.Plain, hidden);
        _headDim = model.HeadDim;
        double[] frequencies = [.. Enumerable.Range(0, _headDim / 2).Select(pair => Math.Pow(10_000, -2.0 * pair / _headDim))];
        _rotary = Own(new RotaryTable(Device, frequencies, positions: 256));
        _positions = new Indices([.. Enumerable.Range(0, Rows).Select(row => row % 256)]);
        RmsNorm();
    }

    [Benchmark]
    public void RmsNorm() => Device.RmsNorm(_x, _residual, _norm, 0, Eps, _sum, _y, _rstd);

    [Benchmark]
    public void RmsNormBackward() => Device.RmsNormBackward(_sum, _norm, 0, _rstd, _gradOutput, _gradInput, accumulate: false);

    [Benchmark]
    public void SwiGlu() => Device.SwiGlu(_gate, _up, _product);

    [Benchmark]
    public void SwiGluBackward() => Device.SwiGluBackward(_gate, _up, _gradProduct, _gradGate, false, _gradUp, false);

    [Benchmark]
    public void Rotary() => Device.Rotary(_queries, _rotary, _positions, _headDim, _queries, inverse: false, accumulate: false);
}
