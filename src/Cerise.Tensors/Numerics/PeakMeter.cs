using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Measures what this machine can do at most at this moment: fused multiply-adds from registers, and reading memory.</summary>
/// <remarks>
/// A share of a peak means little unless both were measured in the same run, since clocks and neighbours change. Each call is one short burst;
/// take several, spread over what they are to be compared with, and use their median.
/// </remarks>
public sealed unsafe class PeakMeter : IDisposable
{
    private const int StepsPerItem = 1 << 15;
    private const int ItemsPerThread = 160;
    private const int ReadPieces = 256;
    private const int ReadPieceLength = 1 << 18;                           // 1 MB a piece, 256 MB in all: far beyond any cache

    private readonly SimdLevel _level;
    private readonly WorkerTeam _team;
    private readonly WorkerTeam _alone;
    private float* _memory;
    private float* _sink;

    /// <param name="threads">Threads of the measurements with all of them.</param>
    /// <param name="level">Vector instructions to use; by default the widest this process may use.</param>
    public PeakMeter(int threads, SimdLevel? level = null)
    {
        _level = level ?? Simd.Best;
        _team = new WorkerTeam(threads);
        _alone = new WorkerTeam(1);
        _sink = (float*)NativeMemory.AlignedAlloc((nuint)(16 * threads * sizeof(float)), 64);
    }

    /// <summary>Billions of floating-point operations a second, a multiply-add counted as two.</summary>
    /// <param name="threads">1, or as many as the meter was made for.</param>
    public double MeasureGflops(int threads)
    {
        WorkerTeam team = TeamOf(threads);
        int items = ItemsPerThread * threads;
        FmaJob job = new(_level, _sink);
        team.For(4 * threads, ref job);                                    // workers may sleep: waking them is not what is measured
        long start = Stopwatch.GetTimestamp();
        team.For(items, ref job);
        return 2.0 * items * StepsPerItem * FmaLoops.PerStep(_level) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    /// <summary>Billions of bytes a second that all threads together read from memory.</summary>
    public double MeasureGigabytesPerSecond()
    {
        if (_memory is null)
        {
            _memory = (float*)NativeMemory.AlignedAlloc((nuint)ReadPieces * ReadPieceLength * sizeof(float), 64);
            new Span<float>(_memory, ReadPieces * ReadPieceLength).Fill(1);
        }
        ReadJob job = new(_memory, _sink);
        long start = Stopwatch.GetTimestamp();
        _team.For(ReadPieces, ref job);
        return (double)ReadPieces * ReadPieceLength * sizeof(float) / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _team.Dispose();
        _alone.Dispose();
        NativeMemory.AlignedFree(_memory);
        NativeMemory.AlignedFree(_sink);
        _memory = _sink = null;
    }

    private WorkerTeam TeamOf(int threads) => threads == 1 ? _alone : threads == _team.Threads ? _team
        : throw new ArgumentOutOfRangeException(nameof(threads), threads, $"use 1 or {_team.Threads}");

    private readonly struct FmaJob(SimdLevel level, float* sink) : IJob
    {
        public void Run(int item, int worker) => sink[16 * worker] = FmaLoops.Run(level, StepsPerItem, item);
    }

    private readonly struct ReadJob(float* memory, float* sink) : IJob
    {
        public void Run(int item, int worker) => sink[16 * worker] = FmaLoops.Sum(memory + ((nint)item * ReadPieceLength), ReadPieceLength);
    }
}
