using System.Xml.Linq;
using Cerise.Testing;
using Cerise.Training.Benchmarks;
using Cerise.Training.Benchmarks.Pages;

namespace Cerise.Training.Tests.Benchmarks.Pages;

public sealed class PerformancePagesTests : IDisposable
{
    private readonly string _repository = Directory.CreateTempSubdirectory("cerise-pages-").FullName;

    public void Dispose() => Directory.Delete(_repository, recursive: true);

    [Fact]
    public void Tables_without_results_stay_as_they_are()
    {
        WritePage("<!-- bench:results -->\nold\n<!-- /bench:results -->\ntext\n<!-- bench:context -->\nkept\n<!-- /bench:context -->\n");
        IReadOnlyList<string> written = PerformancePages.Write(_repository, new BenchmarkRun(null, [Results.Of("gemm", "1024", 1)]));
        string page = File.ReadAllText(Page);
        Assert.Equal(["docs/performance.md"], written);
        Assert.DoesNotContain("old", page, StringComparison.Ordinal);
        Assert.Contains("| `gemm` | 1024 | 1 | 2 | float32 | 1,000 | 50 | `flops` | 0.50 | 0.50 | 75 % | 123 MB |", page, StringComparison.Ordinal);
        Assert.EndsWith("text\n<!-- bench:context -->\nkept\n<!-- /bench:context -->\n", page, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_place_is_named()
    {
        WritePage("nothing\n");
        TrainingException error = Assert.Throws<TrainingException>(
            () => PerformancePages.Write(_repository, new BenchmarkRun(null, [Results.Of("gemm", "1024", 1)])));
        Assert.Contains("has no place for 'results'. Put the lines '<!-- bench:results -->'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_table_and_picture_can_be_made_again_from_kept_lines()
    {
        BenchmarkResult[] results =
        [
            Results.Of("train_step", "nano3m", 16), Results.Of("decode", "nano3m", 1),
            Results.Of("context", "tiny15m", 4, context: 256), Results.Of("context", "tiny15m", 2, 40e9, context: 512),
            .. new[] { "train_step by tokens", "decode by batch", "decode by parameters", "train_step by parameters" }
                .SelectMany(variant => new[] { Results.Of("growth", "nano3m", 1, variant: variant), Results.Of("growth", "nano3m", 2, variant: variant) }),
            Results.Of("growth", "nano3m", 1, variant: "gemm by threads", threads: 1), Results.Of("growth", "nano3m", 1, 90e9, "gemm by threads"),
            Results.Of("fixed_order", "sum 64", 1, variant: "fixed"), Results.Of("fixed_order", "sum 64", 1, variant: "free") with { BestSeconds = 0.6 },
        ];
        File.Copy(Path.Combine(TestPaths.Repository, "docs/performance.md"), NewFile("docs/performance.md"));
        File.WriteAllText(
            NewFile("bench/results/peers.jsonl"), """{"peer":"other","what":"decode","config":"nano3m","batch":1,"threads":1,"tokens_per_s":250}""");
        string kept = PerformancePages.Keep(
            _repository, Results.Environment, string.Concat(results.Select(result => BenchmarkLines.Text(result, profile: true))));
        Assert.Equal("bench/results/acme-r-turbo-9-4-cores/2026-05-04.jsonl", kept);

        IReadOnlyList<string> written = PerformancePages.Write(_repository, BenchmarkLines.Read(File.ReadLines(Path.Combine(_repository, kept)), kept));
        string page = File.ReadAllText(Page);
        string[] rows =
        [
            "| processor | ACME (R) Turbo 9, 4 cores, Vector512 |", "| FMA peak, 2 threads | 100 GFLOP/s |",
            "| `MatMul.Forward` | 50.0 % |", "| outside kernels | 25.0 % |",
            "| 512 | 2 | 2,000 | 0.40 | 0.80 |",
            "| sum 64 | 900000.000 µs | 600000.000 µs | +50% |",
            "| `decode` | nano3m | 1 | other | 1 | 250 | 1,000 | 4.0 |",
        ];
        Assert.All(rows, row => Assert.Contains(row + "\n", page, StringComparison.Ordinal));
        string[] pictures = [.. written.Where(path => path.EndsWith(".svg", StringComparison.Ordinal))];
        Assert.Equal(5, pictures.Length);
        Assert.All(pictures, path =>
        {
            Assert.Contains($"({path["docs/".Length..]})", page, StringComparison.Ordinal);
            Assert.Equal("svg", XDocument.Load(Path.Combine(_repository, path)).Root!.Name.LocalName);
        });
    }

    private string Page => Path.Combine(_repository, "docs/performance.md");

    private void WritePage(string text) => File.WriteAllText(NewFile("docs/performance.md"), text);

    private string NewFile(string path)
    {
        string full = Path.Combine(_repository, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        return full;
    }
}
