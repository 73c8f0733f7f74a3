using Cerise.Training.Runs;

namespace Cerise.Training.Benchmarks;

/// <summary>What was measured in one run of <c>bench</c>, and where.</summary>
/// <param name="Environment">The machine; null when the lines do not say.</param>
/// <param name="Results">The results, in the order they were measured.</param>
public sealed record BenchmarkRun(RunEnvironment? Environment, IReadOnlyList<BenchmarkResult> Results);
