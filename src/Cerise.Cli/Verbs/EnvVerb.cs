using System.Collections;
using System.CommandLine;
using System.Globalization;
using Cerise.Tensors;
using Cerise.Tensors.Numerics;
using Cerise.Training.Runs;

namespace Cerise.Cli.Verbs;

/// <summary><c>env</c>: facts for a bug report.</summary>
internal sealed class EnvVerb : IVerb
{
    // Settings of the runtime and of Cerise only: other variables may hold secrets.
    private static readonly string[] Prefixes = ["CERISE_", "DOTNET_"];

    private readonly Option<bool> _json = Flag.Switch("--json", "print one JSON object");

    public EnvVerb() => Command = new Command(
        "env", "Prints what a bug report needs: versions, machine, instruction set, settings of the runtime.")
    { _json };

    /// <inheritdoc/>
    public Command Command { get; }

    /// <inheritdoc/>
    public string Example => "./cerise env";

    /// <inheritdoc/>
    public int Run(ParseResult flags, Terminal terminal)
    {
        using Device device = CommonOptions.OpenDevice(flags);
        var environment = RunEnvironment.Collect(Simd.Best.ToString(), CommonOptions.ThreadsOf(flags), TimeProvider.System);
        List<(string Name, string Value)> facts =
        [
            ("cerise", environment.Version),
            ("commit", environment.Commit ?? "unknown"),
            ("dotnet", environment.Dotnet),
            ("os", environment.Os),
            ("cpu", environment.Cpu),
            ("cores", environment.Cores.ToString(CultureInfo.InvariantCulture)),
            ("memory", string.Create(CultureInfo.InvariantCulture, $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / (double)(1 << 30):F1} GiB")),
            ("device", device.Name),
        ];
        facts.AddRange(Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .Select(variable => (Name: (string)variable.Key, Value: variable.Value as string ?? ""))
            .Where(variable => Prefixes.Any(prefix => variable.Name.StartsWith(prefix, StringComparison.Ordinal)))
            .OrderBy(variable => variable.Name, StringComparer.Ordinal));
        if (flags.GetValue(_json))
            facts.Aggregate(new JsonLine(), (line, fact) => line.Add(fact.Name, fact.Value)).WriteTo(terminal.Output);
        else
            foreach ((string name, string value) in facts)
                terminal.Output.WriteLine($"{name}: {value}");
        return ExitCodes.Done;
    }
}
