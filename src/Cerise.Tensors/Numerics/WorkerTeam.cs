using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Threads that stay, and share out the items of one job at a time.</summary>
/// <remarks>
/// Items are handed out in order by a counter, so who computes an item varies from run to run; an item must therefore write only what belongs to it and
/// never sum across items. Between jobs the workers spin for a moment and then sleep. The calling thread works too. One job at a time: calls from several
/// threads queue up. Jobs are function pointers over a caller's struct, so that a call allocates nothing.
/// </remarks>
internal sealed unsafe class WorkerTeam : IDisposable
{
    private const int SpinsBeforeSleep = 4000;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _asleep;
    private readonly Lock _oneJob = new();

    private delegate*<void*, int, int, void> _body;
    private void* _state;
    private int _count;
    private int _next;
    private int _running;
    private int _generation;
    private Exception? _failure;
    private volatile bool _stopping;

    /// <param name="threads">Threads that work, the caller's included; at least 1.</param>
    public WorkerTeam(int threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        Threads = threads;
        _threads = new Thread[threads - 1];
        _wake = new SemaphoreSlim[threads - 1];
        _asleep = new int[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            int worker = i;
            _wake[i] = new SemaphoreSlim(0);
            _threads[i] = new Thread(() => Serve(worker)) { IsBackground = true, Name = $"cerise-worker-{i + 1}" };
            _threads[i].Start();
        }
    }

    /// <summary>How many threads work on a job.</summary>
    public int Threads { get; }

    /// <summary>Where the time of the jobs goes.</summary>
    public KernelClock Clock { get; } = new();

    /// <summary>Calls <paramref name="body"/>(state, item, worker) for every item in [0, count) and returns when all are done.</summary>
    /// <remarks><c>worker</c> is in [0, <see cref="Threads"/>): the index of scratch memory that the call may use.</remarks>
    private void For(int count, delegate*<void*, int, int, void> body, void* state)
    {
        if (count <= 0)
            return;
        lock (_oneJob)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (count == 1 || Threads == 1)
            {
                for (int item = 0; item < count; item++)
                    body(state, item, 0);
                return;
            }
            _body = body;
            _state = state;
            _count = count;
            _failure = null;
            Volatile.Write(ref _next, 0);
            Volatile.Write(ref _running, _threads.Length);
            Interlocked.Increment(ref _generation);
            for (int i = 0; i < _wake.Length; i++)
                if (Interlocked.CompareExchange(ref _asleep[i], 0, 1) == 1)
                    _wake[i].Release();
            Work(0);
            SpinWait spin = default;
            while (Volatile.Read(ref _running) != 0)
                spin.SpinOnce(sleep1Threshold: -1);
            if (_failure is not null)
                ExceptionDispatchInfo.Throw(_failure);
        }
    }

    /// <summary>Runs <paramref name="job"/> for every item in [0, count) and returns when all are done.</summary>
    /// <remarks>The first exception of an item is thrown here as it is, on any number of threads; items not yet begun are then left out.</remarks>
    public void For<TJob>(int count, ref TJob job)
        where TJob : struct, IJob
    {
        long start = Stopwatch.GetTimestamp();
        For(count, &Invoke<TJob>, Unsafe.AsPointer(ref job));
        Clock.Add<TJob>(start);
    }

    public void Dispose()
    {
        lock (_oneJob)
        {
            if (_stopping)
                return;
            _stopping = true;
            foreach (SemaphoreSlim wake in _wake)
                wake.Release();
            foreach (Thread thread in _threads)
                thread.Join();
            foreach (SemaphoreSlim wake in _wake)
                wake.Dispose();
        }
    }

    private static void Invoke<TJob>(void* job, int item, int worker)
        where TJob : struct, IJob =>
        Unsafe.AsRef<TJob>(job).Run(item, worker);

    private void Work(int worker)
    {
        try
        {
            int item;
            while ((item = Interlocked.Increment(ref _next) - 1) < _count)
                _body(_state, item, worker);
        }
        catch (Exception e)                                                // whatever it is: a worker must report it, and the caller must wait for the others
        {
            Interlocked.CompareExchange(ref _failure, e, null);
            Volatile.Write(ref _next, int.MaxValue / 2);
        }
    }

    private void Serve(int worker)
    {
        int seen = 0;
        while (true)
        {
            if (!WaitForJob(worker, seen))
                return;
            seen = Volatile.Read(ref _generation);
            Work(worker + 1);
            Interlocked.Decrement(ref _running);
        }
    }

    private bool WaitForJob(int worker, int seen)
    {
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            if (Volatile.Read(ref _generation) != seen)
                return true;
            if (_stopping)
                return false;
            Thread.SpinWait(8);
        }
        // Said anew before every wait: a caller may be interrupted between starting a job and waking its sleepers, and then wake, and clear the mark of,
        // a worker that has done that job and lain down again. Such a late wake-up must not leave a sleeper that no caller knows of.
        while (true)
        {
            Interlocked.Exchange(ref _asleep[worker], 1);
            if (Volatile.Read(ref _generation) != seen)
            {
                Volatile.Write(ref _asleep[worker], 0);
                return true;
            }
            if (_stopping)
                return false;
            _wake[worker].Wait();
        }
    }
}
