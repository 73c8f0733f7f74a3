namespace Cerise.Tensors;

/// <summary>Cosines and sines of rotary position embedding (Su et al. 2021, arXiv:2104.09864), for positions 0 to <see cref="Positions"/> - 1.</summary>
/// <remarks>Made in float64 and rounded once. Frequencies are the model's business: every scaling comes in as other frequencies.</remarks>
public sealed class RotaryTable : IDisposable
{
    /// <param name="device">Where the table lies.</param>
    /// <param name="frequencies">Angle per position of each pair of channels: headDim / 2 numbers, or fewer where a head is rotated in part.</param>
    /// <param name="positions">How many positions.</param>
    /// <param name="scale">Factor on cosines and sines (the attention factor of yarn and longrope), else 1.</param>
    public RotaryTable(Device device, ReadOnlySpan<double> frequencies, int positions, double scale = 1)
    {
        ArgumentNullException.ThrowIfNull(device);
        Positions = positions;
        Pairs = frequencies.Length;
        Values = device.Allocate(Math.Max(1, 2L * positions * Pairs));
        float[] host = new float[2L * positions * Pairs];
        for (int position = 0; position < positions; position++)
        {
            for (int pair = 0; pair < Pairs; pair++)
            {
                double angle = position * frequencies[pair];
                host[(position * Pairs) + pair] = (float)(Math.Cos(angle) * scale);
                host[((positions + position) * Pairs) + pair] = (float)(Math.Sin(angle) * scale);
            }
        }
        device.CopyFromHost(host, Values);
    }

    /// <summary>How many positions the table has.</summary>
    public int Positions { get; }

    /// <summary>Pairs of channels that are rotated in a head.</summary>
    public int Pairs { get; }

    /// <summary>Cosines [positions, pairs], then sines.</summary>
    public Storage Values { get; }

    /// <inheritdoc/>
    public void Dispose() => Values.Dispose();
}
