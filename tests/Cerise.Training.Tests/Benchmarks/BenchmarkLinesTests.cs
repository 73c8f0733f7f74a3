using Cerise.Training.Benchmarks;

namespace Cerise.Training.Tests.Benchmarks;

public sealed class BenchmarkLinesTests
{
    [Fact]
    public void What_is_written_is_read_back()
    {
        BenchmarkResult[] results = [Results.Of("decode", "nano3m", 16), Results.Of("growth", "tiny15m", 4, variant: "decode by batch")];
        string text = BenchmarkLines.Text(Results.Environment) + string.Concat(results.Select(result => BenchmarkLines.Text(result, profile: true)));
        BenchmarkRun run = BenchmarkLines.Read(text.Split('\n'), "kept.jsonl");
        Assert.Equal(Results.Environment, run.Environment);
        Assert.Equal(results.Length, run.Results.Count);
        for (int i = 0; i < results.Length; i++)
        {
            Assert.Equal(results[i].Kernels, run.Results[i].Kernels);
            Assert.Equal(results[i] with { Kernels = [] }, run.Results[i] with { Kernels = [] });
        }
    }

    [Theory]
    [InlineData("{\"what\":\"gemm\"}")]
    [InlineData("{\"kernel\":\"MatMul\",\"calls\":1,\"seconds\":1}")]
    [InlineData("tokens per second: many")]
    public void A_line_of_something_else_is_named_by_file_and_number(string line)
    {
        TrainingException error = Assert.Throws<TrainingException>(() => BenchmarkLines.Read(["", line], "kept.jsonl"));
        Assert.StartsWith("kept.jsonl:2: not a line that 'cerise bench' printed: ", error.Message, StringComparison.Ordinal);
    }
}
