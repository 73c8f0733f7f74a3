using BenchmarkDotNet.Attributes;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Benchmarks;

/// <summary>Attention over whole sequences, forward and backward, 4096 tokens in all.</summary>
public class AttentionBenchmark : KernelBenchmark
{
    private const int Tokens = 4096;

    private Tensor _queries = null!, _keys = null!, _values = null!, _y = null!, _logSumExp = null!;
    private Tensor _gradOutput = null!, _gradQueries = null!, _gradKeys = null!, _gradValues = null!;
    private AttentionPlan _plan = null!;
    private KeyValueBlocks _cache;
    private AttentionSettings _settings;

    [Params("nano3m", "tiny15m", "smol135m")]
    public string Config { get; set; } = "";

    [Params(256, 1024, 4096)]
    public int Length { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        ModelConfig model = ModelSizes.Of(Config);
        (int queries, int keys) = (model.NumAttentionHeads * model.HeadDim, model.NumKeyValueHeads * model.HeadDim);
        (_queries, _keys, _values) = (Draw(Tokens, queries), Draw(Tokens, keys), Draw(Tokens, keys));
        (_y, _logSumExp, _gradOutput) = (New(Tokens, queries), New(Tokens, model.NumAttentionHeads), Draw(Tokens, queries));
        (_gradQueries, _gradKeys, _gradValues) = (New(Tokens, queries), New(Tokens, keys), New(Tokens, keys));
        int[] lengths = new int[Tokens / Length];
        lengths.AsSpan().Fill(Length);
        _plan = AttentionPlan.Packed(lengths);
        _cache = KeyValues.Of(Device, model, _plan.BlocksNeeded, Own);
        _settings = new AttentionSettings(model.HeadDim);
        Device.WriteKeyValues(_keys, _values, _plan, _cache);
        Forward();
    }

    [Benchmark]
    public void Forward() => Device.Attention(_queries, _plan, _cache, _settings, _y, _logSumExp);

    [Benchmark]
    public void Backward() => Device.AttentionBackward(
        _queries, _keys, _plan, _cache, _settings, _y, _logSumExp, _gradOutput, _gradQueries, _gradKeys, _gradValues);
}
