using Cerise.Training.Runs.Reports;

namespace Cerise.Training.Benchmarks.Pages;

/// <summary>The pictures of the performance page, by the table they stand above, for what a run has results of.</summary>
internal static class PerformancePictures
{
    private const string TokensPerSecond = "tokens/s";

    public static IEnumerable<(string Name, CurvePicture Picture)> Of(IReadOnlyList<BenchmarkResult> results)
    {
        if (Where("context", null).ToArray() is { Length: > 1 } context)
            yield return ("context", Context(context));
        if (Where("growth", "train_step by tokens").ToArray() is { Length: > 1 } tokens)
            yield return ("tokens", Plain(
                "Training by tokens of a step", "tokens of a step, in sequences of 256", tokens, result => result.Work.Tokens, logarithmicY: false));
        if (Where("growth", "decode by batch").ToArray() is { Length: > 1 } batch)
            yield return ("batch", Plain("Decoding by batch", "sequences at once", batch, result => result.Work.Batch, logarithmicY: true));
        BenchmarkResult[] parameters = [.. Where("growth", "decode by parameters"), .. Where("growth", "train_step by parameters")];
        if (parameters.Length > 1)
            yield return ("parameters", Parameters(parameters));
        BenchmarkResult[] threads = [.. results.Where(result => result.Work.What == "growth" && result.Work.Variant!.EndsWith(" by threads", StringComparison.Ordinal))];
        if (threads.Select(result => result.Work.Threads).Distinct().Count() > 1)
            yield return ("threads", Threads(threads));

        IEnumerable<BenchmarkResult> Where(string what, string? variant) =>
            results.Where(result => result.Work.What == what && result.Work.Variant == variant);
    }

    private static CurvePicture Context(BenchmarkResult[] results) => new(
        "Training by context, tokens of a step the same", "tokens of a sequence", TokensPerSecond,
        [
            new CurveSeries("measured", [.. results.Select(result => new CurvePoint(result.Work.Context, result.TokensPerSecond!.Value))]),
            new CurveSeries("model", [.. results.Select(result => new CurvePoint(
                result.Work.Context, result.TokensPerSecond!.Value / PerformanceTables.AgainstModel(result, results[0])))], IsExact: true),
        ]);

    private static CurvePicture Plain(
        string title, string xLabel, IEnumerable<BenchmarkResult> results, Func<BenchmarkResult, double> x, bool logarithmicY) => new(
        title, xLabel, TokensPerSecond,
        [
            .. results.GroupBy(result => result.Work.Config)
                .Select(curve => new CurveSeries(curve.Key, [.. curve.Select(result => new CurvePoint(x(result), result.TokensPerSecond!.Value))])),
        ])
        { IsLogarithmicY = logarithmicY };

    private static CurvePicture Parameters(IEnumerable<BenchmarkResult> results) => new(
        "Tokens a second by parameters", "parameters", TokensPerSecond,
        [
            .. results.GroupBy(Work).Select(curve => new CurveSeries(
                curve.Key, [.. curve.Select(result => new CurvePoint(result.Work.Parameters, result.TokensPerSecond!.Value))])),
        ])
    { IsLogarithmicY = true };

    private static CurvePicture Threads(BenchmarkResult[] results) => new(
        "Speed-up by threads", "threads", "times one thread",
        [
            .. results.GroupBy(Work).Select(curve => new CurveSeries(
                curve.Key, [.. curve.Select(result => new CurvePoint(result.Work.Threads, result.Gflops / curve.First().Gflops))])),
            new CurveSeries("FMA peak", [.. results.GroupBy(result => result.Work.Threads)
                .Select(point => new CurvePoint(point.Key, point.Average(result => result.Peaks.Gflops / result.Peaks.GflopsOneThread)))], IsExact: true),
        ])
    { IsLogarithmicX = false };

    // "decode by threads": decode.
    private static string Work(BenchmarkResult result) => result.Work.Variant!.Split(' ')[0];
}
