using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class Embedding
{
    /// <summary>The embedding table in plain loops; the table row-major, [vocab, channels].</summary>
    internal static class Reference
    {
        /// <summary>y[i] = scale * table[ids[i]].</summary>
        public static void Forward<T>(int channels, ReadOnlySpan<int> ids, ReadOnlySpan<T> table, T scale, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < ids.Length; i++)
                for (int c = 0; c < channels; c++)
                    y[(i * channels) + c] = scale * table[(ids[i] * channels) + c];
        }

        /// <summary>gradTable[ids[i]] += scale * gradOutput[i].</summary>
        public static void Backward<T>(int channels, ReadOnlySpan<int> ids, ReadOnlySpan<T> gradOutput, T scale, Span<T> gradTable)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < ids.Length; i++)
                for (int c = 0; c < channels; c++)
                    gradTable[(ids[i] * channels) + c] += scale * gradOutput[(i * channels) + c];
        }
    }
}
