namespace Cerise.Tensors;

/// <summary>Memory for float32 numbers on one device.</summary>
public abstract class Storage(Device device, long length) : IDisposable
{
    /// <summary>The device the memory belongs to.</summary>
    public Device Device { get; } = device;

    /// <summary>How many float32 numbers fit.</summary>
    public long Length { get; } = length;

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees the device's memory; called once by <see cref="Dispose()"/> or the finalizer.</summary>
    protected abstract void Dispose(bool disposing);
}
