using System.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>What belongs to causal attention on every vector level.</summary>
internal static class CausalAttention
{
    /// <summary>Causal grouped-query attention of whole packed sequences in plain loops, with an ordinary softmax over all keys of a query.</summary>
    internal static class Reference
    {
        /// <summary>y = softmax(cap(scale q k^T)) v for each query, over the keys of its sequence up to its own, or the last of them where there is a window.</summary>
        public static void Forward<T>(AttentionShape shape, AttentionSettings settings, ReadOnlySpan<int> lengths, ReadOnlySpan<T> queries, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            int first = 0;
            foreach (int length in lengths)
            {
                for (int query = first; query < first + length; query++)
                {
                    for (int head = 0; head < shape.Heads; head++)
                    {
                        (T[] p, _) = Probabilities(shape, settings, first, query, head, queries, keys);
                        Span<T> target = y.Slice(((query * shape.Heads) + head) * shape.HeadDim, shape.HeadDim);
                        target.Clear();
                        for (int key = first; key <= query; key++)
                        {
                            ReadOnlySpan<T> value = KeyRow(shape, values, key, head);
                            for (int d = 0; d < shape.HeadDim; d++)
                                target[d] += p[key - first] * value[d];
                        }
                    }
                }
                first += length;
            }
        }

        /// <summary>All three gradients are written: dv = p^T dy, ds = p (dp - sum p dp) cap' with dp = dy v^T, dq = scale ds k, dk = scale ds^T q.</summary>
        public static void Backward<T>(
            AttentionShape shape, AttentionSettings settings, ReadOnlySpan<int> lengths, ReadOnlySpan<T> queries, ReadOnlySpan<T> keys, ReadOnlySpan<T> values, ReadOnlySpan<T> gradOutput,
            Span<T> gradQueries, Span<T> gradKeys, Span<T> gradValues)
            where T : IFloatingPointIeee754<T>
        {
            gradQueries.Clear();
            gradKeys.Clear();
            gradValues.Clear();
            T scale = T.CreateChecked(settings.Scale);
            int first = 0;
            foreach (int length in lengths)
            {
                for (int query = first; query < first + length; query++)
                {
                    for (int head = 0; head < shape.Heads; head++)
                    {
                        (T[] p, T[] slopes) = Probabilities(shape, settings, first, query, head, queries, keys);
                        int place = ((query * shape.Heads) + head) * shape.HeadDim;
                        T[] gradP = new T[p.Length];
                        T mean = T.Zero;
                        for (int key = first; key <= query; key++)
                        {
                            ReadOnlySpan<T> value = KeyRow(shape, values, key, head);
                            for (int d = 0; d < shape.HeadDim; d++)
                                gradP[key - first] += gradOutput[place + d] * value[d];
                            mean += p[key - first] * gradP[key - first];
                        }
                        for (int key = first; key <= query; key++)
                        {
                            T gradScore = p[key - first] * (gradP[key - first] - mean) * slopes[key - first] * scale;
                            int keyPlace = KeyPlace(shape, key, head);
                            for (int d = 0; d < shape.HeadDim; d++)
                            {
                                gradQueries[place + d] += gradScore * keys[keyPlace + d];
                                gradKeys[keyPlace + d] += gradScore * queries[place + d];
                                gradValues[keyPlace + d] += p[key - first] * gradOutput[place + d];
                            }
                        }
                    }
                }
                first += length;
            }
        }

        // Of a query's keys from the first of its sequence on: their probabilities, and the slopes of their scores' caps.
        private static (T[] Probabilities, T[] Slopes) Probabilities<T>(
            AttentionShape shape, AttentionSettings settings, int first, int query, int head, ReadOnlySpan<T> queries, ReadOnlySpan<T> keys)
            where T : IFloatingPointIeee754<T>
        {
            ReadOnlySpan<T> q = queries.Slice(((query * shape.Heads) + head) * shape.HeadDim, shape.HeadDim);
            T[] p = new T[query - first + 1];
            T[] slopes = new T[p.Length];
            int hidden = settings.Window == 0 ? 0 : Math.Max(0, p.Length - settings.Window);
            T max = T.NegativeInfinity;
            for (int i = hidden; i < p.Length; i++)
            {
                ReadOnlySpan<T> k = KeyRow(shape, keys, first + i, head);
                for (int d = 0; d < shape.HeadDim; d++)
                    p[i] += q[d] * k[d];
                p[i] *= T.CreateChecked(settings.Scale);
                slopes[i] = T.One;
                if (settings.SoftCap > 0)
                {
                    T t = T.Tanh(p[i] / T.CreateChecked(settings.SoftCap));
                    p[i] = T.CreateChecked(settings.SoftCap) * t;
                    slopes[i] = T.One - (t * t);
                }
                max = T.Max(max, p[i]);
            }
            T sum = T.Zero;
            for (int i = hidden; i < p.Length; i++)
            {
                p[i] = T.Exp(p[i] - max);
                sum += p[i];
            }
            for (int i = hidden; i < p.Length; i++)
                p[i] /= sum;
            return (p, slopes);
        }

        private static int KeyPlace(AttentionShape shape, int key, int head) => ((key * shape.KvHeads) + (head / (shape.Heads / shape.KvHeads))) * shape.HeadDim;

        private static ReadOnlySpan<T> KeyRow<T>(AttentionShape shape, ReadOnlySpan<T> rows, int key, int head) => rows.Slice(KeyPlace(shape, key, head), shape.HeadDim);
    }
}
