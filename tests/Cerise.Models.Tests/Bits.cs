using System.Globalization;

namespace Cerise.Models.Tests;

/// <summary>Comparison of numbers by their bits.</summary>
internal static class Bits
{
    public static void AssertSame(IEnumerable<float> expected, IEnumerable<float> actual, string what)
    {
        int[] a = [.. expected.Select(BitConverter.SingleToInt32Bits)];
        int[] b = [.. actual.Select(BitConverter.SingleToInt32Bits)];
        Assert.True(a.Length == b.Length, $"{what}: {b.Length} numbers, expected {a.Length}");
        for (int i = 0; i < a.Length; i++)
            if (a[i] != b[i])
                Assert.Fail($"{what}: number {i} of {a.Length} is {Value(b[i])}, expected {Value(a[i])}");
    }

    private static string Value(int bits) => BitConverter.Int32BitsToSingle(bits).ToString("R", CultureInfo.InvariantCulture);
}
