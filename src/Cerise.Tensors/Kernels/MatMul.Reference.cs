using System.Numerics;

namespace Cerise.Tensors.Kernels;

internal static unsafe partial class MatMul
{
    /// <summary>The linear layer in plain loops; weights row-major, [outputs, channels].</summary>
    internal static class Reference
    {
        /// <summary>y = x W^T + bias; an empty bias is none.</summary>
        public static void Forward<T>(int rows, int channels, int outputs, ReadOnlySpan<T> x, ReadOnlySpan<T> weight, ReadOnlySpan<T> bias, Span<T> y)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < rows; i++)
            {
                for (int n = 0; n < outputs; n++)
                {
                    T sum = T.Zero;
                    for (int k = 0; k < channels; k++)
                        sum += x[(i * channels) + k] * weight[(n * channels) + k];
                    y[(i * outputs) + n] = bias.IsEmpty ? sum : sum + bias[n];
                }
            }
        }

        /// <summary>gradInput = gradOutput W.</summary>
        public static void BackwardInput<T>(int rows, int channels, int outputs, ReadOnlySpan<T> gradOutput, ReadOnlySpan<T> weight, Span<T> gradInput)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < rows; i++)
            {
                for (int k = 0; k < channels; k++)
                {
                    T sum = T.Zero;
                    for (int n = 0; n < outputs; n++)
                        sum += gradOutput[(i * outputs) + n] * weight[(n * channels) + k];
                    gradInput[(i * channels) + k] = sum;
                }
            }
        }

        /// <summary>gradWeight += gradOutput^T x.</summary>
        public static void BackwardWeight<T>(int rows, int channels, int outputs, ReadOnlySpan<T> x, ReadOnlySpan<T> gradOutput, Span<T> gradWeight)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < rows; i++)
                for (int n = 0; n < outputs; n++)
                    for (int k = 0; k < channels; k++)
                        gradWeight[(n * channels) + k] += gradOutput[(i * outputs) + n] * x[(i * channels) + k];
        }

        /// <summary>gradBias += the columns' sums of gradOutput.</summary>
        public static void BackwardBias<T>(int rows, int outputs, ReadOnlySpan<T> gradOutput, Span<T> gradBias)
            where T : IFloatingPointIeee754<T>
        {
            for (int i = 0; i < rows; i++)
                for (int n = 0; n < outputs; n++)
                    gradBias[n] += gradOutput[(i * outputs) + n];
        }
    }
}
