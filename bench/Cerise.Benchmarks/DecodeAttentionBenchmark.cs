using BenchmarkDotNet.Attributes;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>Attention of one new token a sequence over its cache.</summary>
public class DecodeAttentionBenchmark : KernelBenchmark
{
    private Tensor _queries = null!, _y = null!, _logSumExp = null!;
    private AttentionPlan _plan = null!;
    private KeyValueBlocks _cache;

    [Params("nano3m", "tiny15m", "smol135m")]
    public string Config { get; set; } = "";

    [Params(1, 16, 64)]
    public int Batch { get; set; }

    [Params(128, 1024)]
    public int Cached { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ModelConfig model = ModelSizes.Of(Config);
        (_queries, _y) = (Draw(Batch, model.NumAttentionHeads * model.HeadDim), New(Batch, model.NumAttentionHeads * model.HeadDim));
        _logSumExp = New(Batch, model.NumAttentionHeads);
        _plan = new AttentionPlan();
        int blocks = Cached / KeyValueBlocks.BlockSize;
        for (int i = 0; i < Batch; i++)
            _plan.Add(1, Cached - 1, [.. Enumerable.Range(i * blocks, blocks)]);
        _cache = KeyValues.Of(Device, model, Batch * blocks, Own);
    }

    [Benchmark]
    public void Decode() => Device.Attention(_queries, _plan, _cache, new AttentionSettings(_cache.HeadDim), _y, _logSumExp);
}
