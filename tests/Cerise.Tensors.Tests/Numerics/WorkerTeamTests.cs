using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Tests.Numerics;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public void Every_item_is_done_exactly_once_in_job_after_job(int threads)
    {
        using WorkerTeam team = new(threads);
        foreach (int count in Enumerable.Range(0, 40).Concat([1000, 3, 10_000, 1, 0, 500]))
        {
            int[] done = new int[count];
            int wrongWorker = 0;
            CountJob job = new(done, threads, ref wrongWorker);
            team.For(count, ref job);
            Assert.All(done, n => Assert.Equal(1, n));
            Assert.Equal(0, wrongWorker);
        }
    }

    [Fact]
    public void Jobs_of_several_callers_queue_up()
    {
        using WorkerTeam team = new(2);
        int[][] done = [.. Enumerable.Range(0, 4).Select(_ => new int[200])];
        Parallel.For(0, 4, caller =>
        {
            for (int repeat = 0; repeat < 50; repeat++)
            {
                int wrongWorker = 0;
                CountJob job = new(done[caller], 2, ref wrongWorker);
                team.For(200, ref job);
            }
        });
        Assert.All(done, counts => Assert.All(counts, n => Assert.Equal(50, n)));
    }

    // More teams than cores, and pauses about as long as workers spin before they sleep: callers are interrupted between starting a job and waking the sleepers.
    [Fact]
    public async Task Sleeping_workers_are_woken_for_every_job_on_a_crowded_machine()
    {
        CancellationToken cancellation = TestContext.Current.CancellationToken;
        Task[] callers = [.. Enumerable.Range(0, 8).Select(caller => Task.Factory.StartNew(
            () =>
            {
                WorkerTeam team = new(4);                                 // not disposed if a job never ends: Dispose would wait for it
                RandomStream pauses = Seed.From(caller).Stream();
                int[] done = new int[5];
                int wrongWorker = 0;
                for (int repeat = 0; repeat < 150; repeat++)
                {
                    CountJob job = new(done, 4, ref wrongWorker);
                    team.For(5, ref job);
                    Thread.SpinWait(pauses.Between(0, 40_000));
                }
                team.Dispose();
                Assert.All(done, n => Assert.Equal(150, n));
            }, cancellation, TaskCreationOptions.LongRunning, TaskScheduler.Default))];
        await Task.WhenAll(callers).WaitAsync(TimeSpan.FromSeconds(60), cancellation);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 10)]
    [InlineData(3, 1)]
    [InlineData(3, 100)]
    public void An_item_that_throws_surfaces_as_thrown_and_the_team_goes_on(int threads, int count)
    {
        using WorkerTeam team = new(threads);
        FailingJob failing = new(count - 1);
        ArithmeticException thrown = Assert.Throws<ArithmeticException>(() => team.For(count, ref failing));
        Assert.Equal($"item {count - 1} went wrong", thrown.Message);

        int[] done = new int[50];
        int wrongWorker = 0;
        CountJob job = new(done, threads, ref wrongWorker);
        team.For(50, ref job);
        Assert.All(done, n => Assert.Equal(1, n));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task A_disposed_team_refuses_work(int threads)
    {
        WorkerTeam team = new(threads);
        team.Dispose();
        team.Dispose();
        Task<Exception?> call = Task.Run(
            () => Record.Exception(() =>
            {
                FailingJob job = new(-1);
                team.For(10, ref job);
            }), TestContext.Current.CancellationToken);
        Assert.IsType<ObjectDisposedException>(await call.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken));
    }

    // Items of very different length, many more than threads: shares are large at first and single at the end.
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    public void Uneven_items_are_done_exactly_once(int threads)
    {
        using WorkerTeam team = new(threads);
        int[] done = new int[3000];
        for (int repeat = 1; repeat <= 20; repeat++)
        {
            UnevenJob job = new(done);
            team.For(done.Length, ref job);
            Assert.All(done, n => Assert.Equal(repeat, n));
        }
    }

    [Fact]
    public void A_job_of_more_items_than_a_team_can_count_is_refused()
    {
        using WorkerTeam team = new(2);
        FailingJob job = new(-1);
        Assert.Throws<ArgumentOutOfRangeException>(() => team.For(WorkerTeam.MostItems + 1, ref job));
    }

    [Fact]
    public void A_caller_sleeps_while_a_worker_keeps_its_share_and_goes_on_after_it()
    {
        using WorkerTeam team = new(2);
        using ManualResetEventSlim begun = new(), mayEnd = new();
        int done = 0;
        Thread caller = new(() =>
        {
            KeptJob job = new(begun, mayEnd);
            for (int repeat = 0; repeat < 3; repeat++)
            {
                team.For(2, ref job);
                done += 2;
            }
        });
        caller.Start();
        begun.Wait(TestContext.Current.CancellationToken);
        while ((caller.ThreadState & ThreadState.WaitSleepJoin) == 0)
            Thread.Yield();
        Assert.Equal(0, done);
        mayEnd.Set();
        caller.Join();
        Assert.Equal(6, done);
    }

    [Fact]
    public void A_job_allocates_nothing()
    {
        using WorkerTeam team = new(2);
        int[] done = new int[8];
        UnevenJob job = new(done);
        for (int i = 0; i < 100; i++)
            team.For(8, ref job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            team.For(8, ref job);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [Fact]
    public void A_team_needs_a_thread() => Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerTeam(0));

    private readonly unsafe struct CountJob : IJob
    {
        private readonly int[] _done;
        private readonly int _threads;
        private readonly int* _wrongWorker;

        public CountJob(int[] done, int threads, ref int wrongWorker)
        {
            _done = done;
            _threads = threads;
            _wrongWorker = (int*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref wrongWorker);
        }

        public void Run(int item, int worker)
        {
            Interlocked.Increment(ref _done[item]);
            if (worker < 0 || worker >= _threads)
                Interlocked.Increment(ref *_wrongWorker);
        }
    }

    private readonly struct UnevenJob(int[] done) : IJob
    {
        public void Run(int item, int worker)
        {
            Thread.SpinWait(item % 97 == 0 ? 200 : 1);
            done[item]++;
        }
    }

    // The caller does its item once a worker has begun the other, which ends when it is allowed to.
    private readonly struct KeptJob(ManualResetEventSlim begun, ManualResetEventSlim mayEnd) : IJob
    {
        public void Run(int item, int worker)
        {
            if (worker > 0)
            {
                begun.Set();
                mayEnd.Wait();
            }
            while (!begun.IsSet)
                Thread.SpinWait(1);
        }
    }

    private readonly struct FailingJob(int failing) : IJob
    {
        public void Run(int item, int worker)
        {
            if (item == failing)
                throw new ArithmeticException($"item {item} went wrong");
        }
    }
}
