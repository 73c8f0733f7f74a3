using System.CommandLine;
using Cerise.Training.Benchmarks;

namespace Cerise.Cli.Verbs;

/// <summary><c>bench</c>: how fast the engine is here.</summary>
internal sealed class BenchVerb : IVerb
{
    private readonly Option<string[]> _what = Flag.Words(
        "--what", BenchmarkOptions.KnownKinds, $"what to measure (default: {string.Join(',', BenchmarkOptions.UsualKinds)})", BenchmarkOptions.UsualKinds);

    private readonly Option<string[]> _config = Flag.Words("--config", BenchmarkOptions.KnownConfigs, "models to measure (default: all)");
    private readonly Option<int?> _repeat = Flag.Integer(
        "--repeat", "R", "measurements after the warm-up, of which the median counts (default: 5)", 1, 1000);

    private readonly Option<bool> _profile = Flag.Switch("--profile", "also print each kernel's share of the time, one JSON object a kernel");

    public BenchVerb() => Command = new Command(
        "bench",
        "Measures the engine: one JSON object a measurement, held against the limit that binds, the FMA peak or the memory bandwidth, both measured between its repeats.")
    { _what, _config, _repeat, _profile };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise bench --what gemm,score --config nano3m";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        var options = new BenchmarkOptions
        {
            What = flags.GetRequiredValue(_what),
            Configs = flags.GetRequiredValue(_config),
            Threads = CommonOptions.ThreadsOf(flags),
            Repeat = flags.GetValue(_repeat) ?? 5,
        };
        foreach (BenchmarkResult result in Benchmark.Run(options, terminal.Cancellation))
        {
            terminal.Output.Write(BenchmarkLines.Text(result, flags.GetValue(_profile)));
            terminal.Output.Flush();
        }
        return ExitCodes.Done;
    }
}
