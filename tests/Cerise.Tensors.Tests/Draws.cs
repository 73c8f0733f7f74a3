namespace Cerise.Tensors.Tests;

/// <summary>Arrays of random numbers for tests.</summary>
internal static class Draws
{
    /// <summary>Normal numbers times <paramref name="scale"/>.</summary>
    public static float[] Normal(Seed seed, long length, float scale = 1)
    {
        float[] values = new float[length];
        for (int i = 0; i < values.Length; i++)
            values[i] = scale * (float)seed.Normal(i);
        return values;
    }

    /// <summary>Whole numbers in [0, bound).</summary>
    public static int[] Below(Seed seed, int length, int bound)
    {
        int[] values = new int[length];
        for (int i = 0; i < length; i++)
            values[i] = seed.Below(i, bound);
        return values;
    }

    /// <summary>Widened to double, exactly.</summary>
    public static double[] Widen(ReadOnlySpan<float> values)
    {
        double[] wide = new double[values.Length];
        for (int i = 0; i < values.Length; i++)
            wide[i] = values[i];
        return wide;
    }
}
