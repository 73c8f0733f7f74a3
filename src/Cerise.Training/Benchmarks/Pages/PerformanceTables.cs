using System.Globalization;
using System.Text.Json;
using Cerise.Tensors;
using Cerise.Training.Runs;

namespace Cerise.Training.Benchmarks.Pages;

/// <summary>The tables of the performance page, by name, for what a run has results of.</summary>
internal static class PerformanceTables
{
    private static readonly string[] Paths = ["gemm", "train_step", "score", "decode"];

    public static IEnumerable<(string Name, string Table)> Of(BenchmarkRun run, IReadOnlyList<PeerResult> peers)
    {
        BenchmarkResult[] paths = [.. run.Results.Where(result => Paths.Contains(result.Work.What))];
        if (run.Environment is { } environment && run.Results.Count > 0)
            yield return ("machine", Machine(environment, run.Results));
        if (paths.Length > 0)
            yield return ("results", Results(paths));
        foreach (string kind in new[] { "train_step", "decode" })
            if (paths.Where(result => result.Work.What == kind && result.Kernels.Count > 0).ToArray() is { Length: > 0 } profiled)
                yield return ($"profile_{kind}", Profile(profiled));
        if (run.Results.Where(result => result.Work.What == "context").ToArray() is { Length: > 0 } context)
            yield return ("context", Context(context));
        foreach (IGrouping<string, BenchmarkResult> curves in run.Results.Where(result => result.Work.What == "growth").GroupBy(Size))
            yield return (curves.Key, Growth(curves));
        if (run.Results.Where(result => result.Work.What == "fixed_order").ToArray() is { Length: > 0 } orders)
            yield return ("fixed_order", FixedOrder(orders));
        if (peers.Any(peer => paths.Any(result => IsSameWork(peer, result))))
            yield return ("peers", Peers(paths, peers));
    }

    /// <summary>Measured tokens a second over those that the operations (or bytes) ask for, were the share of the limit that of the shortest context.</summary>
    public static double AgainstModel(BenchmarkResult result, BenchmarkResult shortest) => result.ShareOfLimit / shortest.ShareOfLimit;

    private static string Machine(RunEnvironment environment, IReadOnlyList<BenchmarkResult> results)
    {
        BenchmarkResult[] all = [.. results.Where(result => result.Work.Threads == environment.Threads)];
        return MarkdownTable.Of(["fact", "value"],
        [
            ["processor", $"{environment.Cpu}, {Text($"{environment.Cores}")} cores, {environment.Simd}"],
            ["runtime", environment.Dotnet],
            ["day, commit", $"{environment.Started.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}, {environment.Commit?[..Math.Min(9, environment.Commit.Length)] ?? "unknown"}"],
            ["FMA peak, one thread", Text($"{Middle(results, result => result.Peaks.GflopsOneThread):F0} GFLOP/s")],
            [Text($"FMA peak, {environment.Threads} threads"), Text($"{Middle(all, result => result.Peaks.Gflops):F0} GFLOP/s")],
            ["reading memory, one thread", Text($"{Middle(results, result => result.Peaks.MemoryOneThread):F0} GB/s")],
            [Text($"reading memory, {environment.Threads} threads"), Text($"{Middle(all, result => result.Peaks.Memory):F0} GB/s")],
        ]);
    }

    private static string Results(IEnumerable<BenchmarkResult> results) => MarkdownTable.Of(
        ["work", "model", "batch", "threads", "weights", "tokens/s", "GFLOP/s", "limit", "share of the limit", "share of the FMA peak", "in kernels", "peak memory"],
        results.Select(result => (IReadOnlyList<string>)
        [
            Code(result.Work.What), result.Work.Config, Text($"{result.Work.Batch}"), Text($"{result.Work.Threads}"), result.Work.Dtype,
            result.TokensPerSecond is { } tokens ? Text($"{tokens:N0}") : "", Text($"{result.Gflops:F0}"), Code(Name(result.Limit)),
            Text($"{result.ShareOfLimit:F2}"), Text($"{result.ShareOfPeak:F2}"), result.KernelShare is { } share ? Text($"{share:P0}") : "",
            Text($"{result.PeakRssBytes / 1e6:N0} MB"),
        ]));

    // A column a model (and batch), a row a kernel, in the order of the largest share anywhere.
    private static string Profile(BenchmarkResult[] results)
    {
        const double shown = 0.005;
        string[] kernels = [.. results.SelectMany(result => result.Kernels).GroupBy(time => time.Kernel)
            .Select(group => (Kernel: group.Key, Largest: results.Max(result => Share(result, group.Key))))
            .Where(row => row.Largest >= shown).OrderByDescending(row => row.Largest).ThenBy(row => row.Kernel, StringComparer.Ordinal)
            .Select(row => row.Kernel)];
        return MarkdownTable.Of(
            ["kernel", .. results.Select(result => Text($"{result.Work.Config} x {result.Work.Batch}"))],
            [
                .. kernels.Select(kernel => (IReadOnlyList<string>)[Code(kernel), .. results.Select(result => Percent(Share(result, kernel)))]),
                ["other kernels", .. results.Select(result => Percent(result.Kernels.Where(time => !kernels.Contains(time.Kernel)).Sum(time => time.Seconds) / result.Seconds))],
                ["outside kernels", .. results.Select(result => Percent(Math.Max(0, 1 - (result.KernelShare ?? 1))))],
            ]);

        static double Share(BenchmarkResult result, string kernel) =>
            result.Kernels.Where((KernelTime time) => time.Kernel == kernel).Sum(time => time.Seconds) / result.Seconds;
    }

    private static string Context(BenchmarkResult[] results) => MarkdownTable.Of(
        ["context", "sequences", "tokens/s", "share of the limit", "measured over model"],
        results.Select(result => (IReadOnlyList<string>)
        [
            Text($"{result.Work.Context}"), Text($"{result.Work.Batch}"), Text($"{result.TokensPerSecond:N0}"), Text($"{result.ShareOfLimit:F2}"),
            Text($"{AgainstModel(result, results[0]):F2}"),
        ]));

    private static string Growth(IEnumerable<BenchmarkResult> results) => MarkdownTable.Of(
        ["work", "model", "parameters", "batch", "tokens", "threads", "tokens/s", "GFLOP/s", "limit", "share of the limit"],
        results.Select(result => (IReadOnlyList<string>)
        [
            Code(result.Work.Variant!.Split(' ')[0]), result.Work.Config, Text($"{result.Work.Parameters:N0}"), Text($"{result.Work.Batch}"), Text($"{result.Work.Tokens}"),
            Text($"{result.Work.Threads}"), result.TokensPerSecond is { } tokens ? Text($"{tokens:N0}") : "", Text($"{result.Gflops:F0}"), Code(Name(result.Limit)),
            Text($"{result.ShareOfLimit:F2}"),
        ]));

    // By the best times: the shortest of equal repeats is what the processor needs, the rest is what disturbed it.
    private static string FixedOrder(IEnumerable<BenchmarkResult> results) => MarkdownTable.Of(
        ["work", "fixed order", "free order", "price"],
        results.GroupBy(result => result.Work.Config)
            .Select(pair => (Fixed: pair.FirstOrDefault(result => result.Work.Variant == "fixed"), Free: pair.FirstOrDefault(result => result.Work.Variant == "free")))
            .Where(pair => pair.Fixed is not null && pair.Free is not null)
            .Select(pair => (IReadOnlyList<string>)
            [
                pair.Fixed!.Work.Config, Text($"{pair.Fixed.BestSeconds * 1e6:F3} \u00b5s"), Text($"{pair.Free!.BestSeconds * 1e6:F3} \u00b5s"),
                Text($"{(pair.Fixed.BestSeconds / pair.Free.BestSeconds) - 1:+0%;-0%;0%}"),
            ]));

    private static string Peers(IReadOnlyList<BenchmarkResult> results, IReadOnlyList<PeerResult> peers) => MarkdownTable.Of(
        ["work", "model", "batch", "peer", "threads", "tokens/s", "Cerise", "times as fast"],
        peers.Select(peer => (Peer: peer, Own: results.FirstOrDefault(result => IsSameWork(peer, result))))
            .Where(pair => pair.Own is not null)
            .Select(pair => (IReadOnlyList<string>)
            [
                Code(pair.Peer.What), pair.Peer.Config, Text($"{pair.Peer.Batch}"), pair.Peer.Peer, pair.Peer.Threads is { } threads ? Text($"{threads}") : "",
                Text($"{pair.Peer.TokensPerSecond:N0}"), Text($"{pair.Own!.TokensPerSecond:N0}"),
                Text($"{pair.Own.TokensPerSecond / pair.Peer.TokensPerSecond:F1}"),
            ]));

    private static bool IsSameWork(PeerResult peer, BenchmarkResult result) => result.TokensPerSecond is not null
        && (peer.What, peer.Config, peer.Batch) == (result.Work.What, result.Work.Config, result.Work.Batch);

    // "decode by batch": batch.
    private static string Size(BenchmarkResult result) => result.Work.Variant!.Split(' ')[^1];

    private static double Middle(IEnumerable<BenchmarkResult> results, Func<BenchmarkResult, double> value)
    {
        double[] values = [.. results.Select(value).Order()];
        return values.Length == 0 ? double.NaN : values[values.Length / 2];
    }

    private static string Name(BenchmarkLimit limit) => JsonNamingPolicy.SnakeCaseLower.ConvertName(limit.ToString());

    private static string Percent(double share) => Text($"{share:P1}");

    private static string Code(string text) => $"`{text}`";

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
