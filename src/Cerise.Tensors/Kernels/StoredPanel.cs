using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>A panel of 64 outputs in a 16-bit type: its columns lie in pairs (<see cref="IStored16"/>).</summary>
internal static class StoredPanel
{
    /// <summary>Where column 0 to 63 of a panel's row lies.</summary>
    public static int PlaceOf(int column) => (column & 32) + (2 * (column & 15)) + ((column >> 4) & 1);
}
