using BenchmarkDotNet.Attributes;
using Cerise.Tensors.Numerics;

namespace Cerise.Benchmarks;

/// <summary>Handing a job that does nothing to the worker team and waiting for it, while the workers are awake.</summary>
public class ForkJoinBenchmark : IDisposable
{
    private WorkerTeam? _team;

    [Params(1, 2, 64)]
    public int Items { get; set; }

    [GlobalSetup]
    public void Setup() => _team = new WorkerTeam(Environment.ProcessorCount);

    [GlobalCleanup]
    public void Dispose()
    {
        _team?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark]
    public void ForkJoin()
    {
        var job = new Nothing();
        _team!.For(Items, ref job);
    }

    private readonly struct Nothing : IJob
    {
        public void Run(int item, int worker)
        {
        }
    }
}
