using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests;

/// <summary>The vector levels this process may use: all four on a wide machine, fewer in the child processes with instructions switched off.</summary>
internal static class Levels
{
    public static IReadOnlyList<SimdLevel> Usable { get; } = [.. Enum.GetValues<SimdLevel>().Where(level => level <= Simd.Best)];

    public static TheoryData<SimdLevel> Data => [.. Usable];
}
