using System.CommandLine;
using System.Text;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;
using Cerise.Training.Benchmarks;
using Cerise.Training.Benchmarks.Pages;
using Cerise.Training.Runs;

namespace Cerise.Cli.Verbs;

/// <summary><c>bench</c>: how fast the engine is here.</summary>
internal sealed class BenchVerb : IVerb
{
    private readonly Option<string[]> _what = Flag.Words(
        "--what", BenchmarkOptions.KnownKinds, $"what to measure (default: {string.Join(',', BenchmarkOptions.UsualKinds)})", BenchmarkOptions.UsualKinds);

    private readonly Option<string[]> _config = Flag.Words("--config", BenchmarkOptions.KnownConfigs, "models to measure (default: all)");
    private readonly Option<string> _dtype = DTypeFlag.Of(
        "how weights are stored (default: float32); in 16 bits decode, score and gemm are measured", DTypes.Names);

    private readonly Option<int?> _repeat = Flag.Integer(
        "--repeat", "R", "measurements after the warm-up, of which the median counts (default: 5)", 1, 1000);

    private readonly Option<bool> _profile = Flag.Switch("--profile", "also print each kernel's share of the time, one JSON object a kernel");

    private readonly Option<string?> _publish = Flag.Text(
        "--publish", "DIR",
        "the repository's folder: measure everything unless --what says less, keep the numbers under bench/results, redraw docs/images/perf-*.svg and " +
        "rewrite the tables of docs/performance.md")!;

    private readonly Option<string?> _from = Flag.Text("--from", "FILE", "with --publish: take kept lines instead of measuring")!;

    public BenchVerb() => Command = new Command(
        "bench",
        "Measures the engine: one JSON object a measurement, held against the limit that binds, the FMA peak or the memory bandwidth, both measured between its repeats.")
    { _what, _config, _dtype, _repeat, _profile, _publish, _from };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise bench --what gemm,score --config nano3m";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        string? repository = flags.GetValue(_publish), kept = flags.GetValue(_from);
        if (kept is not null && repository is null)
            throw new MisuseException("bench: --from takes kept results to --publish; name the repository's folder with it.");
        if (kept is null)
            kept = Measure(flags, terminal, repository);
        if (repository is not null)
            foreach (string path in PerformancePages.Write(repository, BenchmarkLines.Read(File.ReadLines(kept!), kept!)))
                terminal.Error.WriteLine($"wrote {path}");
        return ExitCodes.Done;
    }

    // Prints results as they come; returns the file they were kept in, or null.
    private string? Measure(ParseResult flags, Terminal terminal, string? repository)
    {
        DType dtype = DTypeFlag.TypeOf(flags, _dtype) ?? DType.Float32;
        var options = new BenchmarkOptions
        {
            What = Kinds(flags, dtype, all: repository is not null),
            DType = dtype,
            Configs = flags.GetRequiredValue(_config),
            Threads = CommonOptions.ThreadsOf(flags),
            Repeat = flags.GetValue(_repeat) ?? 5,
        };
        var environment = RunEnvironment.Collect(Simd.Best.ToString(), options.Threads, TimeProvider.System);
        var lines = new StringBuilder();
        foreach (BenchmarkResult result in Benchmark.Run(options, terminal.Cancellation))
        {
            terminal.Output.Write(BenchmarkLines.Text(result, flags.GetValue(_profile)));
            terminal.Output.Flush();
            lines.Append(BenchmarkLines.Text(result, profile: true));
        }
        if (repository is null)
            return null;
        string path = PerformancePages.Keep(repository, environment, lines.ToString());
        terminal.Error.WriteLine($"wrote {path}");
        return Path.Combine(repository, path);
    }

    // What was asked for; by default what is usual, or for published results all, as far as it is measured with such weights.
    private IReadOnlyList<string> Kinds(ParseResult flags, DType dtype, bool all)
    {
        string[] asked = flags.GetRequiredValue(_what);
        IReadOnlyList<string> known = BenchmarkOptions.KindsOf(dtype);
        if (flags.GetResult(_what) is not { Implicit: false })
            return all ? known : [.. asked.Intersect(known)];
        return asked.Except(known).FirstOrDefault() is not { } kind ? asked : throw new MisuseException(
            $"bench: {kind} needs float32 weights, --dtype is {dtype.Name()}; that type is measured in {string.Join(", ", known)}.");
    }
}
