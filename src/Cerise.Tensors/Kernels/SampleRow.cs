using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Draws one token from one row of logits and tells its log-probability; see <see cref="SamplingRow"/> for the order of the settings.</summary>
/// <remarks>
/// A plain draw takes one number u of the seed and finds its place by inverse cumulative distribution three times, each time with what is left of u: the block of
/// 1024 tokens by the blocks' sums, which are known; sixteen of its tokens by their sum; the token. So only one block is read again. All sums run in the order of
/// ids and in float64, and depend on the row alone.
/// </remarks>
internal static unsafe partial class SampleRow
{
    private const int Group = 16;

    /// <summary>Statistics of the blocks of one strip, each row at its own temperature.</summary>
    public readonly struct Blocks<TLanes>(int strip, HeadLogits logits, SamplingRow[] rows, BlockStatistics statistics) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            BlockItem part = new(logits, strip, item);
            for (int row = part.FirstRow; row < part.LastRow; row++)
                for (int block = part.FirstBlock; block < part.LastBlock; block++)
                {
                    int first = block * SoftmaxRow.BlockLength;
                    SoftmaxRow.Block<TLanes>(
                        logits.At(row, first), Math.Min(SoftmaxRow.BlockLength, logits.Vocab - first), rows[row].InverseTemperature,
                        statistics.Maxima(row) + block, statistics.Sums(row) + block, null);
                }
        }
    }

    /// <summary>Draws the token of each row from its logits and the statistics of their blocks; an item is a row.</summary>
    /// <param name="logits">The logits, all strips.</param>
    /// <param name="rows">How each row is drawn.</param>
    /// <param name="statistics">Statistics of the blocks.</param>
    /// <param name="scratch">Memory of each worker, <see cref="ScratchLength"/> numbers; unused where every row is plain and none asks for the likeliest tokens.</param>
    /// <param name="ids">Written.</param>
    /// <param name="logProbs">Written.</param>
    public readonly struct Pick<TLanes>(HeadLogits logits, SamplingRow[] rows, BlockStatistics statistics, float** scratch, int* ids, float* logProbs) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            ref readonly SamplingRow row = ref rows[item];
            float* maxima = statistics.Maxima(item);
            float* sums = statistics.Sums(item);
            RowStatistics all = SoftmaxRow.Combine<TLanes>(statistics.Blocks, maxima, sums, null);
            if (float.IsNaN(all.LogSum))
                throw new ArithmeticException("the logits hold NaN: the weights are damaged or training diverged");
            int id = !(row.IsPlain || (row.Temperature <= 0 && row.KeepsLogits)) ? FromChanged<TLanes>(logits, item, row, scratch[worker])
                : row.Temperature <= 0 ? Largest(logits, item, maxima, all.Max)
                : FromAll<TLanes>(logits, item, row, maxima, sums, statistics.Blocks);
            ids[item] = id;
            logProbs[item] = SoftmaxRow.LogProb(*logits.At(item, id), row.InverseTemperature, all.Max, all.LogSum);
            if (row.Top is { } top)
                FindTop<TLanes>(logits, item, id, top, scratch[worker]);
        }
    }

    // The first token of the first block that holds the row's largest logit.
    private static int Largest(HeadLogits logits, int row, float* maxima, float max)
    {
        int block = 0;
        while (maxima[block] != max)
            block++;
        int first = block * SoftmaxRow.BlockLength;
        return first + new ReadOnlySpan<float>(logits.At(row, first), Math.Min(SoftmaxRow.BlockLength, logits.Vocab - first)).IndexOf(max);
    }

    private static int FromAll<TLanes>(HeadLogits logits, int row, in SamplingRow how, float* maxima, float* sums, int blocks)
        where TLanes : struct, ILanes<TLanes>
    {
        (int block, double share) = Place(sums, blocks, how.Seed.Uniform(how.Draw));
        int first = block * SoftmaxRow.BlockLength;
        int length = Math.Min(SoftmaxRow.BlockLength, logits.Vocab - first);
        return first + FromBlock<TLanes>(logits.At(row, first), length, how.InverseTemperature, maxima[block], share);
    }

    [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
    private static int FromBlock<TLanes>(float* logits, int length, float inverseTemperature, float max, double share)
        where TLanes : struct, ILanes<TLanes>
    {
        float* sums = stackalloc float[SoftmaxRow.BlockLength / Group];
        float* weights = stackalloc float[Group];
        int groups = (length + Group - 1) / Group;
        for (int g = 0; g < groups; g++)
            sums[g] = TLanes.Sum(Weights(g));
        (int group, share) = Place(sums, groups, share);
        TLanes.Store(Weights(group), weights);
        return (group * Group) + Place(weights, Math.Min(Group, length - (group * Group)), share).Index;

        TLanes Weights(int g)
        {
            int count = Math.Min(Group, length - (g * Group));
            TLanes z = count == Group ? TLanes.Load(logits + (g * Group)) : TLanes.LoadPart(logits + (g * Group), count, float.NegativeInfinity);
            return Elementary.ExpOfNonPositive((z * TLanes.Broadcast(inverseTemperature)) - TLanes.Broadcast(max));
        }
    }

    // Which weight holds the given share, in [0, 1), of their sum, and which share of that weight it is. Where rounding carries it past the end: the last that is not 0.
    private static (int Index, double Share) Place(float* weights, int count, double share)
    {
        double total = 0;
        for (int i = 0; i < count; i++)
            total += weights[i];
        double target = share * total;
        double before = 0;
        int last = 0;
        for (int i = 0; i < count; i++)
        {
            if (weights[i] == 0)
                continue;
            if (before + weights[i] > target)
                return (i, (target - before) / weights[i]);
            before += weights[i];
            last = i;
        }
        return (last, 1);
    }
}
