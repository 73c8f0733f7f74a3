using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class LayerNorm
{
    /// <summary>The norm in plain loops, on h = x + residual.</summary>
    internal static class Reference
    {
        /// <summary>y = (h - mean) / sqrt(variance + eps) * weight + bias, by row.</summary>
        public static void Forward<T>(int rows, int channels, T eps, ReadOnlySpan<T> h, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<T> source = h.Slice(row * channels, channels);
                (T mean, T rstd) = Statistics(source, eps);
                for (int c = 0; c < channels; c++)
                    y[(row * channels) + c] = ((source[c] - mean) * rstd * weight[c]) + bias[c];
            }
        }

        /// <summary>gradInput is written, the parameters' gradients are added to.</summary>
        public static void Backward<T>(
            int rows, int channels, T eps, ReadOnlySpan<T> h, ReadOnlySpan<T> weight, ReadOnlySpan<T> gradOutput, Span<T> gradInput, Span<T> gradWeight, Span<T> gradBias)
            where T : IFloatingPointIeee754<T>
        {
            T count = T.CreateChecked(channels);
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<T> source = h.Slice(row * channels, channels);
                ReadOnlySpan<T> dy = gradOutput.Slice(row * channels, channels);
                (T mean, T rstd) = Statistics(source, eps);
                (T sum, T dot) = (T.Zero, T.Zero);
                for (int c = 0; c < channels; c++)
                {
                    sum += dy[c] * weight[c];
                    dot += dy[c] * weight[c] * (source[c] - mean) * rstd;
                }
                for (int c = 0; c < channels; c++)
                {
                    T normal = (source[c] - mean) * rstd;
                    gradInput[(row * channels) + c] = rstd * ((dy[c] * weight[c]) - (sum / count) - (normal * dot / count));
                    gradWeight[c] += dy[c] * normal;
                    gradBias[c] += dy[c];
                }
            }
        }

        private static (T Mean, T Rstd) Statistics<T>(ReadOnlySpan<T> row, T eps)
            where T : IFloatingPointIeee754<T>
        {
            T sum = T.Zero;
            foreach (T v in row)
                sum += v;
            T mean = sum / T.CreateChecked(row.Length);
            T squares = T.Zero;
            foreach (T v in row)
                squares += (v - mean) * (v - mean);
            return (mean, T.One / T.Sqrt((squares / T.CreateChecked(row.Length)) + eps));
        }
    }
}
