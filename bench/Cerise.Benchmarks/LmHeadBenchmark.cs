using BenchmarkDotNet.Attributes;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>Head, log-probability and entropy of given tokens, forward and backward, and drawing the next token from logits.</summary>
public class LmHeadBenchmark : KernelBenchmark
{
    private Tensor _hidden = null!, _logProbs = null!, _entropies = null!, _statistics = null!, _gradLogProbs = null!, _gradHidden = null!, _logits = null!;
    private Parameter _table = null!;
    private Indices _targets = null!;
    private SamplingRow[] _rows = [];
    private int[] _ids = [];
    private float[] _sampled = [];

    [Params("nano3m", "tiny15m", "smol135m")]
    public string Config { get; set; } = "";

    [Params(1, 16, 64, 512)]
    public int Rows { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ModelConfig model = ModelSizes.Of(Config);
        (_hidden, _gradHidden) = (Draw(Rows, model.HiddenSize), New(Rows, model.HiddenSize));
        (_logProbs, _entropies, _statistics, _gradLogProbs) = (New(Rows), New(Rows), New(Rows, 2), Draw(Rows));
        _logits = New(Rows, model.VocabSize);
        _table = Weight(ParameterLayout.Panels, model.VocabSize, model.HiddenSize);
        _targets = new Indices([.. Enumerable.Range(0, Rows).Select(row => row * 7 % model.VocabSize)]);
        _rows = [.. Enumerable.Range(0, Rows).Select(row => new SamplingRow { Seed = Seed.From(row) })];
        (_ids, _sampled) = (new int[Rows], new float[Rows]);
        Device.Logits(_hidden, _table, _logits);
        Forward();
    }

    [Benchmark]
    public void Forward() => Device.LmHead(_hidden, _table, _targets, 1, 0, null, _logProbs, _entropies, _statistics);

    [Benchmark]
    public void Backward() => Device.LmHeadBackward(
        _hidden, _table, _targets, 1, 0, null, _entropies, _statistics, _gradLogProbs, null, _gradHidden, accumulate: false);

    [Benchmark]
    public void Sample() => Device.Sample(_logits, _rows, _ids, _sampled);
}
