using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Cerise.Tensors.Numerics;

/// <summary>Threads that stay, and share out the items of one job at a time.</summary>
/// <remarks>
/// Items are handed out in order, in shares that shrink towards the end, so who computes an item varies from run to run; an item must therefore write only
/// what belongs to it and never sum across items. The calling thread works too, and waits only for workers that have taken items: a job that is done before
/// the others have noticed it costs hardly more than a loop. Between jobs the workers spin for a moment and then sleep. One job at a time: calls from
/// several threads queue up. Jobs are function pointers over a caller's struct, so that a call allocates nothing.
/// </remarks>
internal sealed unsafe class WorkerTeam : IDisposable
{
    /// <summary>Most items of one job.</summary>
    public const int MostItems = (1 << ItemBits) - 1;

    private const int ItemBits = 24;

    // About 40 ns each: longer than the pauses between the kernels of a step, far shorter than those between steps.
    private const int SpinsBeforeSleep = 5000;

    // The caller waits for a share of its own job, a moment as a rule. Beyond that a worker has lost its core to another thread: the caller offers its own,
    // and then sleeps, since a core where nobody runs is what the system gives to a thread that waits for another.
    private const int SpinsBeforeYield = 250;
    private const int SpinsBeforeRest = SpinsBeforeYield + 50;

    private readonly Thread[] _threads;
    private readonly SemaphoreSlim[] _wake;
    private readonly int[] _asleep;
    private readonly SemaphoreSlim _reported = new(0);
    private readonly Lock _oneJob = new();

    private Board _board;
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

    /// <summary>Runs <paramref name="job"/> for every item in [0, count) and returns when all are done.</summary>
    /// <remarks>
    /// <c>worker</c> of a call is in [0, <see cref="Threads"/>): the index of scratch memory that it may use. The first exception of an item is thrown here as it
    /// is, on any number of threads; items not yet begun are then left out.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">There are more than <see cref="MostItems"/> items.</exception>
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
            _reported.Dispose();
        }
    }

    private static void Invoke<TJob>(void* job, int first, int count, int worker)
        where TJob : struct, IJob
    {
        ref TJob work = ref Unsafe.AsRef<TJob>(job);
        for (int item = first; item < first + count; item++)
            work.Run(item, worker);
    }

    private void For(int count, delegate*<void*, int, int, int, void> body, void* state)
    {
        if (count <= 0)
            return;
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, MostItems);
        lock (_oneJob)
        {
            ObjectDisposedException.ThrowIf(_stopping, this);
            if (count == 1 || Threads == 1)
            {
                body(state, 0, count, 0);
                return;
            }
            // All workers have reported the job before, so nobody reads these; the ticket makes them valid.
            _board.Body = body;
            _board.State = state;
            _board.Count = count;
            _board.Reported = 0;
            int own = Share(count);
            long generation = (_board.Ticket >> ItemBits) + 1;
            // A full fence: either a worker that lies down sees the job, or it is seen here as asleep.
            Interlocked.Exchange(ref _board.Ticket, (generation << ItemBits) | (uint)(count - own));
            if (Volatile.Read(ref _board.Sleepers) != 0)
                Wake(count - own);
            Run(0, own, 0);
            own += Work(0);
            WaitFor(count - own);
            if (_failure is { } failure)
            {
                _failure = null;
                ExceptionDispatchInfo.Throw(failure);
            }
        }
    }

    // Large shares at first, so that the counter is not fought over and neighbours stay on one core; single items at the end, so that all end together.
    private int Share(int left) => Math.Max(1, left / (2 * Threads));

    // Takes items until none is left; how many it did.
    private int Work(int worker)
    {
        int done = 0;
        long ticket = Volatile.Read(ref _board.Ticket);
        while (Left(ticket) is > 0 and int left)
        {
            int share = Share(left);
            long seen = Interlocked.CompareExchange(ref _board.Ticket, ticket - share, ticket);
            if (seen == ticket)
            {
                Run(_board.Count - left, share, worker);
                done += share;
                seen = Volatile.Read(ref _board.Ticket);
            }
            ticket = seen;
        }
        return done;
    }

    private void Run(int first, int count, int worker)
    {
        if (Volatile.Read(ref _failure) is not null)
            return;
        try
        {
            _board.Body(_board.State, first, count, worker);
        }
        catch (Exception e)                                                // whatever it is: a worker must report it, and the caller must wait for the others
        {
            Interlocked.CompareExchange(ref _failure, e, null);
        }
    }

    private void WaitFor(int others)
    {
        for (int spins = 0; Volatile.Read(ref _board.Reported) != others; spins++)
        {
            if (spins < SpinsBeforeYield)
                Thread.SpinWait(1);
            else if (spins < SpinsBeforeRest)
                Thread.Yield();
            else
                Rest(others);
        }
    }

    // Until a worker reports; it may be one that is late with a job before, so the caller looks again.
    private void Rest(int others)
    {
        // A full fence: either the worker sees the mark, or its report is seen here. A mark that is gone already comes with a signal, which must not be left over.
        Interlocked.Exchange(ref _board.CallerRests, 1);
        if (Volatile.Read(ref _board.Reported) != others || Interlocked.Exchange(ref _board.CallerRests, 0) == 0)
            _reported.Wait();
    }

    private void Report(int done)
    {
        Interlocked.Add(ref _board.Reported, done);
        if (Volatile.Read(ref _board.CallerRests) != 0 && Interlocked.Exchange(ref _board.CallerRests, 0) == 1)
            _reported.Release();
    }

    private void Wake(int most)
    {
        for (int i = 0; i < _wake.Length && most > 0; i++)
        {
            if (Interlocked.CompareExchange(ref _asleep[i], 0, 1) != 1)
                continue;
            Interlocked.Decrement(ref _board.Sleepers);
            _wake[i].Release();
            most--;
        }
    }

    private void Serve(int worker)
    {
        while (WaitForJob(worker))
        {
            // While it holds items that it has not reported, the job cannot end and no other can begin: what it adds up belongs to one job.
            int done = Work(worker + 1);
            if (done > 0)
                Report(done);
        }
    }

    // False when the team stops.
    private bool WaitForJob(int worker)
    {
        for (int i = 0; i < SpinsBeforeSleep; i++)
        {
            if (Left(Volatile.Read(ref _board.Ticket)) > 0)
                return true;
            if (_stopping)
                return false;
            Thread.SpinWait(1);
        }
        // Said anew before every wait: a caller may be interrupted between taking the mark away and waking, and then wake a worker that has done other work
        // and lain down again. Such a late wake-up must not leave a sleeper that no caller knows of.
        while (true)
        {
            if (Interlocked.Exchange(ref _asleep[worker], 1) == 0)
                Interlocked.Increment(ref _board.Sleepers);
            if (Left(Volatile.Read(ref _board.Ticket)) > 0)
            {
                if (Interlocked.CompareExchange(ref _asleep[worker], 0, 1) == 1)
                    Interlocked.Decrement(ref _board.Sleepers);
                return true;
            }
            if (_stopping)
                return false;
            _wake[worker].Wait();
        }
    }

    private static int Left(long ticket) => (int)(ticket & MostItems);

    /// <summary>What the threads share, cache lines apart from each other and from the rest.</summary>
    /// <remarks>
    /// The ticket is the job's number and, in the low bits, how many of its items nobody has taken yet. While any is left the job stands still around it, so
    /// taking items by exchanging the ticket also proves that body, state and count are those of the same job.
    /// </remarks>
    [StructLayout(LayoutKind.Explicit, Size = 512)]
    private struct Board
    {
        [FieldOffset(128)]
        public long Ticket;

        [FieldOffset(136)]
        public delegate*<void*, int, int, int, void> Body;

        [FieldOffset(144)]
        public void* State;

        [FieldOffset(152)]
        public int Count;

        [FieldOffset(256)]
        public int Reported;

        [FieldOffset(260)]
        public int CallerRests;

        [FieldOffset(384)]
        public int Sleepers;
    }
}
