using System.Runtime.InteropServices;

namespace Cerise.Tensors.Tests;

/// <summary>Comparison of numbers by their bits.</summary>
internal static class Bits
{
    public static uint Of(float value) => BitConverter.SingleToUInt32Bits(value);

    public static void AssertSame(ReadOnlySpan<float> expected, ReadOnlySpan<float> actual, string what)
    {
        if (MemoryMarshal.Cast<float, uint>(expected).SequenceEqual(MemoryMarshal.Cast<float, uint>(actual)))
            return;
        Assert.Equal(expected.Length, actual.Length);
        int first = 0;
        while (Of(expected[first]) == Of(actual[first]))
            first++;
        Assert.Fail($"{what}: number {first} of {expected.Length} is {actual[first]:R} ({Of(actual[first]):x8}), expected {expected[first]:R} ({Of(expected[first]):x8})");
    }
}
