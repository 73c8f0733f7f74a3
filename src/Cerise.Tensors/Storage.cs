namespace Cerise.Tensors;

/// <summary>Memory for numbers on one device: float32, or weights in one of the 16-bit types.</summary>
/// <remarks>Of 16-bit memory only products and look-ups, fills, copies and the copies of rows take any notice; other ops are for float32.</remarks>
public abstract class Storage(Device device, long length, DType dtype = DType.Float32) : IDisposable
{
    /// <summary>The device the memory belongs to.</summary>
    public Device Device { get; } = device;

    /// <summary>How many numbers fit.</summary>
    public long Length { get; } = length;

    /// <summary>How the numbers are stored.</summary>
    public DType DType { get; } = dtype;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the device's memory; called once by <see cref="Dispose()"/> or the finalizer.</summary>
    protected abstract void Dispose(bool disposing);
}
