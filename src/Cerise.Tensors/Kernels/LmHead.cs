using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Language-model head: log-probability of each row's target and entropy from the row's logits, and the gradient by the logits in their place.</summary>
/// <remarks>
/// With z = logits / T, p = softmax(z), H = - sum p ln p: dz_v = g (1[v = target] - p_v) - gH p_v (ln p_v + H), dlogits = dz / T.
/// The products with the table run before and after, on chunks of rows, so [tokens, vocab] never exists as a whole.
/// </remarks>
internal static unsafe partial class LmHead
{
    /// <summary>Rows an item takes.</summary>
    public const int RowsPerItem = 4;

    public readonly struct Forward<TLanes>(int rows, int vocab, float inverseTemperature, float* logits, int* targets, float* logProbs, float* entropies, float* statistics) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                float* z = logits + ((nint)row * vocab);
                (float max, float sum) = SoftmaxRow.Statistics<TLanes>(z, vocab, inverseTemperature);
                float logSum = SoftmaxRow.LogSum(sum);
                (statistics[2 * row], statistics[(2 * row) + 1]) = (max, logSum);
                logProbs[row] = SoftmaxRow.LogProb(z[targets[row]], inverseTemperature, max, logSum);
                entropies[row] = SoftmaxRow.Entropy<TLanes>(z, vocab, inverseTemperature, max, sum);
            }
        }
    }

    public readonly struct Backward<TLanes>(
        int rows, int vocab, float inverseTemperature, float* logits, int* targets, float* entropies, float* statistics, float* gradLogProbs, float* gradEntropies) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            TLanes factor = TLanes.Broadcast(inverseTemperature);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                float* z = logits + ((nint)row * vocab);
                float g = gradLogProbs is null ? 0 : gradLogProbs[row];
                float gradEntropy = gradEntropies is null ? 0 : gradEntropies[row];
                TLanes max = TLanes.Broadcast(statistics[2 * row]);
                TLanes logSum = TLanes.Broadcast(statistics[(2 * row) + 1]);
                TLanes slope = TLanes.Broadcast(-g * inverseTemperature);
                TLanes entropySlope = TLanes.Broadcast(-gradEntropy * inverseTemperature);
                TLanes entropy = TLanes.Broadcast(entropies[row]);
                for (int i = 0; i < vocab; i += 16)
                {
                    int count = Math.Min(16, vocab - i);
                    TLanes logP = ((count == 16 ? TLanes.Load(z + i) : TLanes.LoadPart(z + i, count)) * factor) - max - logSum;
                    TLanes p = Elementary.Exp(logP);
                    TLanes grad = p * slope;
                    if (gradEntropy != 0)
                        grad = TLanes.Fma(p * (TLanes.Max(TLanes.Broadcast(-1e4f), logP) + entropy), entropySlope, grad);
                    if (count == 16)
                        TLanes.Store(grad, z + i);
                    else
                        TLanes.StorePart(grad, z + i, count);
                }
                z[targets[row]] += g * inverseTemperature;
            }
        }
    }
}
