using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class RmsNorm
{
    /// <summary>The norm in plain loops, on h = x + residual.</summary>
    internal static class Reference
    {
        /// <summary>y = h / sqrt(mean(h^2) + eps) * (weight + offset), by row.</summary>
        public static void Forward<T>(int rows, int channels, T eps, ReadOnlySpan<T> h, ReadOnlySpan<T> weight, T offset, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<T> source = h.Slice(row * channels, channels);
                T rstd = Rstd(source, eps);
                for (int c = 0; c < channels; c++)
                    y[(row * channels) + c] = source[c] * rstd * (weight[c] + offset);
            }
        }

        /// <summary>gradInput is written, gradWeight added to.</summary>
        public static void Backward<T>(
            int rows, int channels, T eps, ReadOnlySpan<T> h, ReadOnlySpan<T> weight, T offset, ReadOnlySpan<T> gradOutput, Span<T> gradInput, Span<T> gradWeight)
            where T : IFloatingPointIeee754<T>
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<T> source = h.Slice(row * channels, channels);
                ReadOnlySpan<T> dy = gradOutput.Slice(row * channels, channels);
                T rstd = Rstd(source, eps);
                T dot = T.Zero;
                for (int c = 0; c < channels; c++)
                    dot += dy[c] * (weight[c] + offset) * source[c];
                for (int c = 0; c < channels; c++)
                {
                    gradInput[(row * channels) + c] = (rstd * dy[c] * (weight[c] + offset)) - (source[c] * rstd * rstd * rstd * dot / T.CreateChecked(channels));
                    gradWeight[c] += dy[c] * source[c] * rstd;
                }
            }
        }

        private static T Rstd<T>(ReadOnlySpan<T> row, T eps)
            where T : IFloatingPointIeee754<T>
        {
            T squares = T.Zero;
            foreach (T v in row)
                squares += v * v;
            return T.One / T.Sqrt((squares / T.CreateChecked(row.Length)) + eps);
        }
    }
}
