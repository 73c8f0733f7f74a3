using Cerise.Models;
using Cerise.Tensors;
using Cerise.Tensors.Autograd;
using Cerise.Tensors.Ops;
using Cerise.Training.Optimizers;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

/// <summary>Measures the whole process, so that nothing else may run beside it.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class AloneInTheProcess;

[Collection<AloneInTheProcess>]
public sealed class AllocationTests
{
    private const int Steps = 10;

    /// <summary>The runner itself may allocate now and then; a step that allocates does so at every try.</summary>
    private const int Tries = 20;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Ten_training_steps_allocate_not_one_byte_on_any_thread(int threads)
    {
        using Device device = Device.Cpu(threads);
        using CausalModel model = Toy.NewModel(device);
        using AdamWOptimizer optimizer = new(model, new PretrainOptions { MaxGradNorm = 0.5, WarmupSteps = 3 }, 1000);
        using Graph graph = new(device, record: true);
        TokenBatch batch = TokenBatch.PackAll([[1, 5, 3, 7, 2], [4, 2, 6], [8, 1, 1, 3, 3, 9, 4]]);
        float[] weights = [.. Enumerable.Repeat(-1f / batch.Targets.Count, batch.Targets.Count)];
        void Run()
        {
            for (int step = 0; step < Steps; step++)
            {
                optimizer.ZeroGradients();
                graph.Backward(model.LogProbs(graph, batch).LogProbs.Dot(weights));
                graph.Reset();
                optimizer.Update();
            }
        }
        Run();
        (long thisThread, long allThreads) = Least(Run);
        Assert.Equal(0, thisThread);
        Assert.Equal(0, allThreads);
    }

    private static (long ThisThread, long AllThreads) Least(Action work)
    {
        (long ThisThread, long AllThreads) least = (long.MaxValue, long.MaxValue);
        for (int i = 0; i < Tries && least != (0, 0); i++)
        {
            long all = GC.GetTotalAllocatedBytes(precise: true);
            long mine = GC.GetAllocatedBytesForCurrentThread();
            work();
            mine = GC.GetAllocatedBytesForCurrentThread() - mine;
            all = GC.GetTotalAllocatedBytes(precise: true) - all;
            least = (Math.Min(least.ThisThread, mine), Math.Min(least.AllThreads, all));
        }
        return least;
    }
}
