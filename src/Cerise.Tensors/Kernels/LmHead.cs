using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Language-model head: log-probability of each row's target and entropy from the row's logits, and the gradient by the logits in their place.</summary>
/// <remarks>
/// With z = logits / T (soft-capped logits where the model caps them), p = softmax(z), H = - sum p ln p: dz_v = g (1[v = target] - p_v) - gH p_v (ln p_v + H), dlogits = dz / T (times the cap's slope).
/// The products with the table run before and after, strip by strip of the vocabulary and on chunks of rows, so [tokens, vocab] never exists as a whole.
/// </remarks>
internal static unsafe partial class LmHead
{
    /// <summary>Rows an item of <see cref="Forward{TLanes}"/> and <see cref="Backward{TLanes}"/> takes.</summary>
    public const int RowsPerItem = 4;

    /// <summary>Statistics of the blocks of one strip.</summary>
    /// <param name="strip">Which strip of <paramref name="logits"/>.</param>
    /// <param name="logits">The logits.</param>
    /// <param name="inverseTemperature">1 / temperature.</param>
    /// <param name="statistics">Written, for the strip's blocks.</param>
    /// <param name="targets">The token of each row.</param>
    /// <param name="targetLogits">The logit of each row's target is written if it lies in the strip.</param>
    public readonly struct Blocks<TLanes>(int strip, HeadLogits logits, float inverseTemperature, BlockStatistics statistics, int* targets, float* targetLogits) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            BlockItem part = new(logits, strip, item);
            for (int row = part.FirstRow; row < part.LastRow; row++)
            {
                for (int block = part.FirstBlock; block < part.LastBlock; block++)
                {
                    int first = block * SoftmaxRow.BlockLength;
                    int length = Math.Min(SoftmaxRow.BlockLength, logits.Vocab - first);
                    float* z = logits.At(row, first);
                    SoftmaxRow.Block<TLanes>(z, length, inverseTemperature, statistics.Maxima(row) + block, statistics.Sums(row) + block, statistics.Moments(row) + block);
                    if ((uint)(targets[row] - first) < (uint)length)
                        targetLogits[row] = z[targets[row] - first];
                }
            }
        }
    }

    /// <summary>Log-probabilities and entropies of rows from the statistics of their blocks.</summary>
    /// <param name="rows">How many.</param>
    /// <param name="inverseTemperature">1 / temperature.</param>
    /// <param name="blocks">Statistics of the blocks.</param>
    /// <param name="logProbs">The targets' logits; overwritten with their log-probabilities.</param>
    /// <param name="entropies">Written.</param>
    /// <param name="statistics">The largest z and ln of the sum of e^(z - largest) of each row are written, for the backward pass.</param>
    public readonly struct Forward<TLanes>(int rows, float inverseTemperature, BlockStatistics blocks, float* logProbs, float* entropies, float* statistics) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                RowStatistics all = SoftmaxRow.Combine<TLanes>(blocks.Blocks, blocks.Maxima(row), blocks.Sums(row), blocks.Moments(row));
                (statistics[2 * row], statistics[(2 * row) + 1]) = (all.Max, all.LogSum);
                logProbs[row] = SoftmaxRow.LogProb(logProbs[row], inverseTemperature, all.Max, all.LogSum);
                entropies[row] = all.Entropy;
            }
        }
    }

    /// <summary>The gradient by the logits of one strip, in their place.</summary>
    public readonly struct Backward<TLanes>(
        int strip, HeadLogits logits, float inverseTemperature, float softCap, int* targets, float* entropies, float* statistics, float* gradLogProbs, float* gradEntropies) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            int first = logits.First(strip);
            int width = logits.Width(strip);
            int last = Math.Min(logits.Rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                float* z = logits.At(row, first);
                float g = gradLogProbs is null ? 0 : gradLogProbs[row];
                float gradEntropy = gradEntropies is null ? 0 : gradEntropies[row];
                Slopes slopes = new(statistics[2 * row], statistics[(2 * row) + 1], -g * inverseTemperature, entropies[row], -gradEntropy * inverseTemperature);
                if (softCap > 0)
                    ThroughCap(z, width, slopes, targets[row] - first, g * inverseTemperature);
                else
                    Gradient(z, width, slopes, targets[row] - first, g * inverseTemperature);
            }
        }

        // Piece by piece, for the slope of the cap needs the logits that the gradient takes the place of.
        private void ThroughCap(float* z, int length, in Slopes slopes, int target, float ofTarget)
        {
            float* kept = stackalloc float[SoftmaxRow.BlockLength];
            for (int i = 0; i < length; i += SoftmaxRow.BlockLength)
            {
                int count = Math.Min(SoftmaxRow.BlockLength, length - i);
                new ReadOnlySpan<float>(z + i, count).CopyTo(new Span<float>(kept, count));
                Gradient(z + i, count, slopes, target - i, ofTarget);
                SoftCap.Backward<TLanes>(z + i, kept, count, softCap);
            }
        }

        private void Gradient(float* z, int length, in Slopes slopes, int target, float ofTarget)
        {
            int body = length / 16 * 16;
            Gradient(z, body, slopes);
            if (body < length)
                GradientOfTail(z + body, length - body, slopes);
            if ((uint)target < (uint)length)
                z[target] += ofTarget;
        }

        // The same on a copy that is as long as lanes are.
        private void GradientOfTail(float* z, int length, in Slopes slopes)
        {
            float* padded = stackalloc float[16];
            new ReadOnlySpan<float>(z, length).CopyTo(new Span<float>(padded, 16));
            Gradient(padded, 16, slopes);
            new ReadOnlySpan<float>(padded, length).CopyTo(new Span<float>(z, length));
        }

        private void Gradient(float* z, int length, in Slopes slopes)
        {
            if (slopes.OfEntropy == 0)
                WithoutEntropy(z, length, slopes);
            else
                WithEntropy(z, length, slopes);
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private void WithoutEntropy(float* z, int length, in Slopes slopes)
        {
            TLanes factor = TLanes.Broadcast(inverseTemperature);
            TLanes max = TLanes.Broadcast(slopes.Max);
            TLanes logSum = TLanes.Broadcast(slopes.LogSum);
            TLanes slope = TLanes.Broadcast(slopes.OfProbability);
            for (int i = 0; i < length; i += 16)
                TLanes.Store(Elementary.ExpOfNonPositive((TLanes.Load(z + i) * factor) - max - logSum) * slope, z + i);
        }

        [MethodImpl(MethodImplOptions.NoInlining | MethodImplOptions.AggressiveOptimization)]
        private void WithEntropy(float* z, int length, in Slopes slopes)
        {
            TLanes factor = TLanes.Broadcast(inverseTemperature);
            TLanes max = TLanes.Broadcast(slopes.Max);
            TLanes logSum = TLanes.Broadcast(slopes.LogSum);
            TLanes slope = TLanes.Broadcast(slopes.OfProbability);
            TLanes entropySlope = TLanes.Broadcast(slopes.OfEntropy);
            TLanes entropy = TLanes.Broadcast(slopes.Entropy);
            TLanes floor = TLanes.Broadcast(SoftmaxRow.Floor);
            for (int i = 0; i < length; i += 16)
            {
                TLanes logP = (TLanes.Load(z + i) * factor) - max - logSum;
                TLanes p = Elementary.ExpOfNonPositive(logP);
                TLanes.Store(TLanes.Fma(p * (TLanes.Max(floor, logP) + entropy), entropySlope, p * slope), z + i);
            }
        }
    }

    /// <summary>What the gradient of a row is made of.</summary>
    /// <param name="Max">The row's largest z.</param>
    /// <param name="LogSum">ln of the sum of e^(z - Max).</param>
    /// <param name="OfProbability">-g / T.</param>
    /// <param name="Entropy">The row's entropy.</param>
    /// <param name="OfEntropy">-gH / T.</param>
    private readonly record struct Slopes(float Max, float LogSum, float OfProbability, float Entropy, float OfEntropy);
}
