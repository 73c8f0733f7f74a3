using System.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>What belongs to rotary embedding on every vector level.</summary>
internal static class Rotary
{
    /// <summary>Rotary embedding in plain loops.</summary>
    internal static class Reference
    {
        /// <summary>Rotates the pairs (i, i + pairs) of every head by position * frequencies[i], backwards when <paramref name="inverse"/>; copies the channels behind them.</summary>
        public static void Turn<T>(int heads, int headDim, ReadOnlySpan<T> frequencies, ReadOnlySpan<int> positions, ReadOnlySpan<T> x, Span<T> y, bool inverse)
            where T : IFloatingPointIeee754<T>
        {
            int half = frequencies.Length;
            for (int row = 0; row < positions.Length; row++)
            {
                for (int head = 0; head < heads; head++)
                {
                    int start = ((row * heads) + head) * headDim;
                    x.Slice(start + (2 * half), headDim - (2 * half)).CopyTo(y[(start + (2 * half))..]);
                    for (int i = 0; i < half; i++)
                    {
                        T angle = T.CreateChecked(positions[row]) * frequencies[i];
                        T cos = T.Cos(angle);
                        T sin = inverse ? -T.Sin(angle) : T.Sin(angle);
                        (T a, T b) = (x[start + i], x[start + half + i]);
                        y[start + i] = (a * cos) - (b * sin);
                        y[start + half + i] = (b * cos) + (a * sin);
                    }
                }
            }
        }
    }
}
