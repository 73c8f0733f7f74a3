using System.Numerics;
using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Layers;

/// <summary>The cosines and sines of layers that rotate alike.</summary>
/// <remarks>
/// The table grows by doubling up to the context, so that a long-context model used for short texts stays small. Outgrown tables stay: what was recorded with
/// one reads it again on the way back.
/// </remarks>
/// <param name="device">Where the tables lie.</param>
/// <param name="design">The frequencies.</param>
/// <param name="contextLength">Tokens of the longest sequence the model is used for.</param>
internal sealed class RotaryTables(Device device, RotaryDesign design, int contextLength) : IDisposable
{
    private const int FewestPositions = 512;

    private readonly List<RotaryTable> _tables = [];

    /// <summary>A table for sequences of so many tokens, or of the whole context where that is less.</summary>
    public RotaryTable For(int longestSequence)
    {
        if (_tables.Count == 0 || (_tables[^1].Positions < longestSequence && _tables[^1].Positions < contextLength))
        {
            int positions = Math.Min(contextLength, (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(longestSequence, FewestPositions)));
            (double[] frequencies, double scale) = RotaryFrequencies.Of(design, contextLength);
            _tables.Add(new RotaryTable(device, frequencies, positions, scale));
        }
        return _tables[^1];
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (RotaryTable table in _tables)
            table.Dispose();
    }
}
