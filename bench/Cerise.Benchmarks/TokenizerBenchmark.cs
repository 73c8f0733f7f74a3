using System.Text;
using BenchmarkDotNet.Attributes;
using Cerise.Data;

namespace Cerise.Benchmarks;

/// <summary>Encoding on one core: megabytes a second are <see cref="Bytes"/> over the time, which is printed at the start.</summary>
/// <remarks>
/// Tokenizer and texts come from outside: <c>CERISE_BENCH_TOKENIZER</c> names a tokenizer's folder, <c>CERISE_BENCH_TEXTS</c> a folder of plain texts.
/// </remarks>
public class TokenizerBenchmark
{
    private Tokenizer? _tokenizer;
    private string[] _documents = [];
    private string[] _lines = [];

    /// <summary>UTF-8 bytes of all documents.</summary>
    public long Bytes { get; private set; }

    [GlobalSetup]
    public void Setup()
    {
        _tokenizer = Tokenizer.Load(Setting("CERISE_BENCH_TOKENIZER"));
        _documents = [.. Directory.GetFiles(Setting("CERISE_BENCH_TEXTS")).Order(StringComparer.Ordinal).Select(File.ReadAllText)];
        _lines = [.. _documents.SelectMany(text => text.Split('\n'))];
        Bytes = _documents.Sum(text => (long)Encoding.UTF8.GetByteCount(text));
        Console.WriteLine($"{_documents.Length} documents, {_lines.Length} lines, {Bytes} bytes");
    }

    [Benchmark]
    public long Documents() => Encode(_documents);

    [Benchmark]
    public long Lines() => Encode(_lines);

    [Benchmark]
    public long DocumentsWithOffsets()
    {
        long tokens = 0;
        foreach (string text in _documents)
            tokens += _tokenizer!.EncodeWithOffsets(text).Length;
        return tokens;
    }

    private long Encode(string[] texts)
    {
        long tokens = 0;
        foreach (string text in texts)
            tokens += _tokenizer!.Encode(text).Length;
        return tokens;
    }

    internal static string Setting(string name) =>
        Environment.GetEnvironmentVariable(name) ?? throw new InvalidOperationException($"set {name} to a folder, see the head of {nameof(TokenizerBenchmark)}");
}
