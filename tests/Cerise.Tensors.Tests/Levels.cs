using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests;

/// <summary>The vector levels tests run on: all that this process may use, which on a wide machine is all four.</summary>
internal static class Levels
{
    /// <summary>Set in child processes with instructions switched off, where only the widest level left is worth the time: the others ran in the parent.</summary>
    public const string WidestOnly = "CERISE_TEST_WIDEST_LEVEL_ONLY";

    private static readonly bool Child = Environment.GetEnvironmentVariable(WidestOnly) is not null;

    public static IReadOnlyList<SimdLevel> Usable { get; } =
        Child ? [Simd.Best] : [.. Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best)];

    public static TheoryData<SimdLevel> Data => [.. Usable];

    /// <summary>Seeds of a property test; fewer in the child processes.</summary>
    public static TheoryData<int> Seeds(int count) => [.. Enumerable.Range(0, Child ? Math.Min(count, 2) : count)];
}
