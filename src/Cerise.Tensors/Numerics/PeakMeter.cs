using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Measures what this machine can do at most at this moment: fused multiply-adds from registers, and reading memory.</summary>
/// <remarks>
/// A share of a peak means little unless both were measured in the same run, since clocks and neighbours change. Each call is one short burst;
/// take several, spread over what they are to be compared with, and use their median. The memory read lies in pages of the size that the
/// engine's own memory has.
/// </remarks>
public sealed unsafe class PeakMeter : IDisposable
{
    private const int StepsPerItem = 1 << 15;
    private const int ItemsPerThread = 160;

    // Reading goes through half a gigabyte, a quarter a burst: whatever a burst reads has left every cache since it was last read.
    private const int PieceLength = 1 << 16;                               // 256 KB
    private const int Pieces = 2048;
    private const int PiecesPerBurst = Pieces / 4;
    private const long PieceBytes = PieceLength * sizeof(float);

    private readonly SimdLevel _level;
    private readonly WorkerTeam _team;
    private readonly WorkerTeam _alone;
    private float* _memory;
    private float* _sink;
    private int _nextPiece;

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

    /// <summary>Bytes that the meter holds for reading; 0 until it has read for the first time.</summary>
    public long ReservedBytes => _memory is null ? 0 : Pieces * PieceBytes;

    /// <summary>Billions of bytes a second that the threads together read from memory, past every cache.</summary>
    /// <param name="threads">1, or as many as the meter was made for.</param>
    public double MeasureGigabytesPerSecond(int threads)
    {
        WorkerTeam team = TeamOf(threads);
        double rate = Read(team, _nextPiece, PiecesPerBurst, passes: 1);
        _nextPiece = (_nextPiece + PiecesPerBurst) % Pieces;
        return rate;
    }

    /// <summary>
    /// Billions of bytes a second that the threads together read when they go through the same bytes again and again: from a cache as far as one
    /// holds them.
    /// </summary>
    /// <param name="threads">1, or as many as the meter was made for.</param>
    /// <param name="workingSet">How many bytes; rounded up to pieces of 256 KB, and at most half a gigabyte.</param>
    public double MeasureGigabytesPerSecond(int threads, long workingSet)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(workingSet);
        int pieces = (int)Math.Min((workingSet + PieceBytes - 1) / PieceBytes, Pieces);
        WorkerTeam team = TeamOf(threads);
        Read(team, 0, pieces, passes: 1);                                  // whatever else was in the caches goes
        return Read(team, 0, pieces, passes: Math.Max(2, PiecesPerBurst / pieces));
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

    private double Read(WorkerTeam team, int firstPiece, int pieces, int passes)
    {
        if (_memory is null)
        {
            _memory = (float*)NativeMemory.AlignedAlloc((nuint)(Pieces * PieceBytes), 64);
            FillJob fill = new(_memory);
            team.For(Pieces, ref fill);
        }
        ReadJob job = new(_memory, _sink, firstPiece, pieces);
        team.For(team.Threads, ref job);                                   // workers may sleep: waking them is not what is measured
        long start = Stopwatch.GetTimestamp();
        team.For(pieces * passes, ref job);
        return pieces * passes * PieceBytes / Stopwatch.GetElapsedTime(start).TotalSeconds / 1e9;
    }

    private WorkerTeam TeamOf(int threads) => threads == 1 ? _alone : threads == _team.Threads ? _team
        : throw new ArgumentOutOfRangeException(nameof(threads), threads, $"use 1 or {_team.Threads}");

    private readonly struct FmaJob(SimdLevel level, float* sink) : IJob
    {
        public void Run(int item, int worker) => sink[16 * worker] = FmaLoops.Run(level, StepsPerItem, item);
    }

    private readonly struct FillJob(float* memory) : IJob
    {
        public void Run(int item, int worker) => new Span<float>(memory + ((nint)item * PieceLength), PieceLength).Fill(1);
    }

    private readonly struct ReadJob(float* memory, float* sink, int firstPiece, int pieces) : IJob
    {
        public void Run(int item, int worker) =>
            sink[16 * worker] = FmaLoops.Sum(memory + ((nint)(firstPiece + (item % pieces)) * PieceLength), PieceLength);
    }
}
