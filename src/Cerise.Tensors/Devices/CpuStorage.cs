using System.Runtime.InteropServices;

namespace Cerise.Tensors.Devices;

/// <summary>Native memory aligned to cache lines.</summary>
internal sealed unsafe class CpuStorage : Storage
{
    private const nuint Alignment = 64;

    // Kernels read whole vectors: the last row may be read, never written, a little beyond its end.
    private const nuint Slack = 64;

    private void* _memory;

    public CpuStorage(Device device, long length, DType dtype = DType.Float32)
        : base(device, length, dtype)
    {
        _memory = NativeMemory.AlignedAlloc((nuint)Bytes, Alignment);
        GC.AddMemoryPressure(Bytes);
    }

    ~CpuStorage() => Dispose(false);

    /// <summary>The numbers of float32 memory.</summary>
    public float* Pointer => DType == DType.Float32 ? (float*)Memory : throw Unreadable();

    /// <summary>The numbers of memory in a 16-bit type.</summary>
    public ushort* StoredPointer => DType != DType.Float32 ? (ushort*)Memory : throw Unreadable();

    /// <summary>The memory, whatever its type.</summary>
    public void* Memory => _memory is not null ? _memory : throw new ObjectDisposedException(nameof(CpuStorage));

    private long Bytes => checked((Length + (long)Slack) * DType.Size());

    protected override void Dispose(bool disposing)
    {
        if (_memory is null)
            return;
        NativeMemory.AlignedFree(_memory);
        _memory = null;
        GC.RemoveMemoryPressure(Bytes);
    }

    private InvalidOperationException Unreadable() =>
        new($"this op does not read memory stored as {DType.Name()}: train and compute with float32 weights");
}
