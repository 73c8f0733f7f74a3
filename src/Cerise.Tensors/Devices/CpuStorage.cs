using System.Runtime.InteropServices;

namespace Cerise.Tensors.Devices;

/// <summary>Native memory aligned to cache lines.</summary>
internal sealed unsafe class CpuStorage : Storage
{
    private const nuint Alignment = 64;

    // Kernels read whole vectors: the last row may be read, never written, a little beyond its end.
    private const nuint Slack = 64;

    private float* _pointer;

    public CpuStorage(Device device, long length)
        : base(device, length)
    {
        nuint bytes = checked(((nuint)length + Slack) * sizeof(float));
        _pointer = (float*)NativeMemory.AlignedAlloc(bytes, Alignment);
        GC.AddMemoryPressure((long)bytes);
    }

    ~CpuStorage() => Dispose(false);

    public float* Pointer => _pointer is not null ? _pointer : throw new ObjectDisposedException(nameof(CpuStorage));

    protected override void Dispose(bool disposing)
    {
        if (_pointer is null)
            return;
        NativeMemory.AlignedFree(_pointer);
        _pointer = null;
        GC.RemoveMemoryPressure((Length + (long)Slack) * sizeof(float));
    }
}
