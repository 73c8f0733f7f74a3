using Cerise.Tensors.Kernels;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Devices;

/// <summary>The CPU: ops become kernels over <typeparamref name="TLanes"/>, shared out among a worker team.</summary>
internal sealed unsafe partial class CpuDevice<TLanes> : Device
    where TLanes : struct, ILanes<TLanes>
{
    private readonly WorkerTeam _team;
    private readonly CpuStorage?[] _scratch;
    private CpuStorage _scratchPointers;
    private CpuStorage? _partialSums;

    public CpuDevice(int threads)
    {
        _team = new WorkerTeam(threads);
        _scratch = new CpuStorage?[threads];
        _scratchPointers = new CpuStorage(this, 2L * threads);             // one pointer is two floats
    }

    public override string Name => $"cpu ({_team.Threads} {(_team.Threads == 1 ? "thread" : "threads")}, {LevelName})";

    public override IReadOnlyList<KernelTime> KernelTimes => _team.Clock.Times;

    public override double KernelSeconds => _team.Clock.Seconds;

    public override void ResetKernelTimes() => _team.Clock.Reset();

    private static string LevelName =>
        typeof(TLanes) == typeof(Lanes512) ? "Vector512" : typeof(TLanes) == typeof(Lanes256) ? "Vector256" : typeof(TLanes) == typeof(Lanes128) ? "Vector128" : "scalar";

    public override Storage Allocate(long length, DType dtype = DType.Float32) => new CpuStorage(this, length, dtype);

    public override void Fill(Storage storage, long offset, long length, float value)
    {
        if (storage.DType != DType.Float32)
        {
            FillStored(storage, offset, length, value);
            return;
        }
        Memory.FillJob job = new(length, At(storage) + offset, value);
        _team.For(Items(length, Memory.LengthPerItem), ref job);
    }

    public override void Copy(Storage source, long sourceOffset, Storage target, long targetOffset, long length)
    {
        ShapeException.Require(source.DType == target.DType, "Copy", $"the source is {source.DType.Name()}, the target {target.DType.Name()}: convert row by row");
        ShapeException.Require(
            sourceOffset + length <= source.Length && targetOffset + length <= target.Length,
            "Copy", $"{length} numbers from {sourceOffset} of {source.Length} to {targetOffset} of {target.Length} do not fit");
        if (source.DType == DType.Float32)
            Copy(At(source) + sourceOffset, At(target) + targetOffset, length);
        else
            Buffer.MemoryCopy(StoredAt(source) + sourceOffset, StoredAt(target) + targetOffset, length * sizeof(ushort), length * sizeof(ushort));
    }

    public override void Copy(Tensor source, Tensor target)
    {
        ShapeException.Require(source.Shape.Length == target.Shape.Length, "Copy", $"source is {source.Shape}, target is {target.Shape}");
        Copy(At(source), At(target), source.Shape.Length);
    }

    public override void ToBfloat16(Tensor source, Storage target, long targetOffset)
    {
        Bfloat16.Round job = new(source.Shape.Length, At(source), (ushort*)(At(target) + targetOffset));
        _team.For(Items(source.Shape.Length, Bfloat16.LengthPerItem), ref job);
    }

    public override void FromBfloat16(Storage source, long sourceOffset, Tensor target)
    {
        Bfloat16.Widen job = new(target.Shape.Length, (ushort*)(At(source) + sourceOffset), At(target));
        _team.For(Items(target.Shape.Length, Bfloat16.LengthPerItem), ref job);
    }

    public override void CopyToHost(Tensor source, Span<float> target) => new ReadOnlySpan<float>(At(source), checked((int)source.Shape.Length)).CopyTo(target);

    public override void CopyFromHost(ReadOnlySpan<float> source, Tensor target) => source.CopyTo(new Span<float>(At(target), checked((int)target.Shape.Length)));

    public override void CopyFromHost(ReadOnlySpan<float> source, Storage target) => source.CopyTo(new Span<float>(At(target), checked((int)target.Length)));

    protected override void Dispose(bool disposing)
    {
        if (!disposing)
            return;
        _team.Dispose();
        foreach (CpuStorage? scratch in _scratch)
            scratch?.Dispose();
        _scratchPointers.Dispose();
        _logits?.Dispose();
        _blockStatistics?.Dispose();
        _partialSums?.Dispose();
    }

    private void Copy(float* source, float* target, long length)
    {
        Memory.CopyJob job = new(length, source, target);
        _team.For(Items(length, Memory.LengthPerItem), ref job);
    }

    private static float* At(Storage storage) => ((CpuStorage)storage).Pointer;

    private static ushort* StoredAt(Storage storage) => ((CpuStorage)storage).StoredPointer;

    private static float* At(Tensor tensor) => ((CpuStorage)tensor.Storage).Pointer + tensor.Offset;

    private static float* At(Tensor? tensor, bool present) => present ? At(tensor!) : null;

    private static int Items(long length, int each) => checked((int)((length + each - 1) / each));

    // Scratch memory of at least this many numbers for each worker.
    private float** Scratch(long length)
    {
        float** pointers = (float**)_scratchPointers.Pointer;
        for (int i = 0; i < _scratch.Length; i++)
            pointers[i] = AtLeast(ref _scratch[i], length);
        return pointers;
    }

    private float* AtLeast(ref CpuStorage? memory, long length)
    {
        if (memory is null || memory.Length < length)
        {
            memory?.Dispose();
            memory = new CpuStorage(this, length);
        }
        return memory.Pointer;
    }
}
