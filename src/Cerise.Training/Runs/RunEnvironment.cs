using System.Reflection;
using System.Runtime.InteropServices;

namespace Cerise.Training.Runs;

/// <summary>Where a run took place: <c>environment.json</c>, the facts that a comparison of two runs needs.</summary>
public sealed record RunEnvironment
{
    /// <summary>Cerise's version.</summary>
    public required string Version { get; init; }

    /// <summary>The commit it was built from, or null when the build did not know.</summary>
    public string? Commit { get; init; }

    /// <summary>The .NET runtime.</summary>
    public required string Dotnet { get; init; }

    /// <summary>The operating system and processor architecture.</summary>
    public required string Os { get; init; }

    /// <summary>The processor's name.</summary>
    public required string Cpu { get; init; }

    /// <summary>Logical processors.</summary>
    public required int Cores { get; init; }

    /// <summary>Threads the engine used. Results do not depend on it.</summary>
    public required int Threads { get; init; }

    /// <summary>The instruction set the kernels chose, such as "Vector512". Results are equal bit for bit on one instruction set only.</summary>
    public required string Simd { get; init; }

    /// <summary>When the run was started, UTC.</summary>
    public required DateTimeOffset Started { get; init; }

    /// <summary>Gathers the facts of this process.</summary>
    /// <param name="simd">The instruction set the engine chose.</param>
    /// <param name="threads">Threads the engine uses.</param>
    /// <param name="time">The clock.</param>
    public static RunEnvironment Collect(string simd, int threads, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        // The SDK appends the commit to the version it builds in: 0.1.0+abc.
        string? built = typeof(RunEnvironment).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        string[] version = (built ?? "unknown").Split('+', 2);
        return new RunEnvironment
        {
            Version = version[0],
            Commit = version.Length > 1 ? version[1] : null,
            Dotnet = RuntimeInformation.FrameworkDescription,
            Os = $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}",
            Cpu = CpuName(),
            Cores = Environment.ProcessorCount,
            Threads = threads,
            Simd = simd,
            Started = time.GetUtcNow(),
        };
    }

    private static string CpuName()
    {
        const string linux = "/proc/cpuinfo";
        if (File.Exists(linux))
        {
            string? line = File.ReadLines(linux).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
            if (line is not null)
                return line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
        return Environment.GetEnvironmentVariable("PROCESSOR_IDENTIFIER") ?? $"unknown {RuntimeInformation.ProcessArchitecture}";
    }
}
