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

    public override Storage Allocate(long length) => new CpuStorage(this, length);

    public override void Fill(Storage storage, long offset, long length, float value)
    {
        Memory.FillJob job = new(length, At(storage) + offset, value);
        _team.For(Items(length, Memory.LengthPerItem), ref job);
    }

    public override void Copy(Storage source, long sourceOffset, Storage target, long targetOffset, long length)
    {
        ShapeException.Require(
            sourceOffset + length <= source.Length && targetOffset + length <= target.Length,
            "Copy", $"{length} numbers from {sourceOffset} of {source.Length} to {targetOffset} of {target.Length} do not fit");
        Copy(At(source) + sourceOffset, At(target) + targetOffset, length);
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

    public override void SetRows(Storage storage, Parameter layout, int firstRow, ReadOnlySpan<float> rowMajor)
    {
        int columns = layout.Shape.Columns;
        RequireRows("SetRows", layout, firstRow, rowMajor.Length);
        for (int row = 0; row < rowMajor.Length / columns; row++)
        {
            (nint start, nint stride) = RowPlace(layout, firstRow + row);
            float* target = At(storage) + start;
            for (int c = 0; c < columns; c++)
                target[c * stride] = rowMajor[(row * columns) + c];
        }
    }

    public override void GetRows(Storage storage, Parameter layout, int firstRow, Span<float> rowMajor)
    {
        int columns = layout.Shape.Columns;
        RequireRows("GetRows", layout, firstRow, rowMajor.Length);
        for (int row = 0; row < rowMajor.Length / columns; row++)
        {
            (nint start, nint stride) = RowPlace(layout, firstRow + row);
            float* source = At(storage) + start;
            for (int c = 0; c < columns; c++)
                rowMajor[(row * columns) + c] = source[c * stride];
        }
    }

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

    private static void RequireRows(string operation, Parameter layout, int firstRow, int length)
    {
        int columns = layout.Shape.Columns;
        ShapeException.Require(length % columns == 0, operation, $"{length} numbers are no whole rows of '{layout.Name}' {layout.Shape}");
        int count = length / columns;
        ShapeException.Require(
            firstRow >= 0 && firstRow <= layout.Shape.Rows - count, operation, $"rows {firstRow} to {firstRow + count - 1} are outside '{layout.Name}' {layout.Shape}");
    }

    private static (nint Start, nint Stride) RowPlace(Parameter layout, int row) =>
        layout.Layout == ParameterLayout.Plain
            ? ((nint)row * layout.Shape.Columns, 1)
            : (((nint)(row / MatMulTile.PanelWidth) * MatMulTile.PanelWidth * layout.Shape.Columns) + (row % MatMulTile.PanelWidth), MatMulTile.PanelWidth);

    private static float* At(Storage storage) => ((CpuStorage)storage).Pointer;

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
