using BenchmarkDotNet.Attributes;
using Cerise.Data;

namespace Cerise.Benchmarks;

/// <summary>Encoding one character a million times: what a tokenizer that is not linear in its text's length would never end.</summary>
/// <remarks><c>CERISE_BENCH_TOKENIZER</c> names the tokenizer's folder.</remarks>
public class RepeatedCharacterBenchmark
{
    private Tokenizer? _tokenizer;
    private string _text = "";

    /// <summary>The character.</summary>
    [Params("a", " ", "\n", "7", "\u0300", "\U0001F600")]
    public string Character { get; set; } = "";

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = Tokenizer.Load(TokenizerBenchmark.Setting("CERISE_BENCH_TOKENIZER"));
        _text = string.Concat(Enumerable.Repeat(Character, 1_000_000));
    }

    [Benchmark]
    public int Encode() => _tokenizer!.Encode(_text).Length;
}
