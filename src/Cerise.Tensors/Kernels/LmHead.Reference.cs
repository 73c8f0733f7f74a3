using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class LmHead
{
    /// <summary>Log-probabilities and entropies from rows of logits in plain loops; the product with the table is <see cref="MatMul.Reference"/>'s.</summary>
    internal static class Reference
    {
        /// <summary>log p[target] and H = - sum p ln p with p = softmax(cap tanh(logits / cap) / temperature), by row; a cap of 0 is none.</summary>
        public static void Forward<T>(int vocab, ReadOnlySpan<T> logits, ReadOnlySpan<int> targets, T temperature, T cap, Span<T> logProbs, Span<T> entropies)
            where T : IFloatingPointIeee754<T>
        {
            for (int row = 0; row < targets.Length; row++)
            {
                T[] logP = LogSoftmax(Capped(logits.Slice(row * vocab, vocab), cap), temperature);
                logProbs[row] = logP[targets[row]];
                entropies[row] = Entropy(logP);
            }
        }

        /// <summary>gradLogits is written: (g (1[v = target] - p_v) - gH p_v (ln p_v + H)) / temperature, times the slope of the cap.</summary>
        public static void Backward<T>(
            int vocab, ReadOnlySpan<T> logits, ReadOnlySpan<int> targets, T temperature, T cap, ReadOnlySpan<T> gradLogProbs, ReadOnlySpan<T> gradEntropies, Span<T> gradLogits)
            where T : IFloatingPointIeee754<T>
        {
            for (int row = 0; row < targets.Length; row++)
            {
                T[] logP = LogSoftmax(Capped(logits.Slice(row * vocab, vocab), cap), temperature);
                T entropy = Entropy(logP);
                for (int v = 0; v < vocab; v++)
                {
                    T p = T.Exp(logP[v]);
                    T isTarget = v == targets[row] ? T.One : T.Zero;
                    T gradEntropy = p == T.Zero ? T.Zero : p * (logP[v] + entropy) * gradEntropies[row];
                    T slope = T.One;
                    if (cap > T.Zero)
                    {
                        T t = T.Tanh(logits[(row * vocab) + v] / cap);
                        slope -= t * t;
                    }
                    gradLogits[(row * vocab) + v] = ((gradLogProbs[row] * (isTarget - p)) - gradEntropy) / temperature * slope;
                }
            }
        }

        private static T[] Capped<T>(ReadOnlySpan<T> logits, T cap)
            where T : IFloatingPointIeee754<T>
        {
            T[] capped = logits.ToArray();
            for (int v = 0; cap > T.Zero && v < capped.Length; v++)
                capped[v] = cap * T.Tanh(capped[v] / cap);
            return capped;
        }

        private static T[] LogSoftmax<T>(ReadOnlySpan<T> logits, T temperature)
            where T : IFloatingPointIeee754<T>
        {
            T max = T.NegativeInfinity;
            foreach (T z in logits)
                max = T.Max(max, z / temperature);
            T sum = T.Zero;
            foreach (T z in logits)
                sum += T.Exp((z / temperature) - max);
            T[] logP = new T[logits.Length];
            for (int v = 0; v < logP.Length; v++)
                logP[v] = (logits[v] / temperature) - max - T.Log(sum);
            return logP;
        }

        private static T Entropy<T>(T[] logP)
            where T : IFloatingPointIeee754<T>
        {
            T entropy = T.Zero;
            foreach (T l in logP)
                entropy -= T.Exp(l) == T.Zero ? T.Zero : T.Exp(l) * l;
            return entropy;
        }
    }
}
