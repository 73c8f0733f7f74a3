using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Layer normalization with the residual added first (Ba et al. 2016, arXiv:1607.06450).</summary>
/// <remarks>
/// h = x + residual; n = (h - mean) * rstd, rstd = 1 / sqrt(variance + eps); y = n * weight + bias. With g = dy * weight:
/// dh = rstd * (g - mean(g) - n * mean(g * n)); dweight += sum over rows of dy * n, in their order. NaN in a row makes that row NaN.
/// </remarks>
internal static unsafe partial class LayerNorm
{
    /// <summary>Rows an item takes.</summary>
    public const int RowsPerItem = 16;

    public readonly struct Forward<TLanes>(
        int rows, int channels, float eps, float* x, float* residual, float* weight, float* bias, float* sum, float* y, float* statistics) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                nint start = (nint)row * channels;
                float* h = x + start;
                if (residual is not null)
                {
                    h = sum + start;
                    for (int c = 0; c < channels; c += 16)
                    {
                        int count = Math.Min(16, channels - c);
                        RowPart.Write(RowPart.Read<TLanes>(x + start + c, count) + RowPart.Read<TLanes>(residual + start + c, count), h + c, count);
                    }
                }
                TLanes total = TLanes.Zero;
                for (int c = 0; c < channels; c += 16)
                    total += RowPart.Read<TLanes>(h + c, Math.Min(16, channels - c));
                float mean = TLanes.Sum(total) / channels;
                TLanes centre = TLanes.Broadcast(mean);
                TLanes squares = TLanes.Zero;
                for (int c = 0; c < channels; c += 16)
                {
                    int count = Math.Min(16, channels - c);
                    // What lies beyond the row is taken for the mean: it adds 0.
                    TLanes v = (count == 16 ? TLanes.Load(h + c) : TLanes.LoadPart(h + c, count, mean)) - centre;
                    squares = TLanes.Fma(v, v, squares);
                }
                float scale = 1 / MathF.Sqrt((TLanes.Sum(squares) / channels) + eps);
                (statistics[2 * row], statistics[(2 * row) + 1]) = (mean, scale);
                TLanes factor = TLanes.Broadcast(scale);
                for (int c = 0; c < channels; c += 16)
                {
                    int count = Math.Min(16, channels - c);
                    TLanes normal = (RowPart.Read<TLanes>(h + c, count) - centre) * factor;
                    RowPart.Write(TLanes.Fma(normal, RowPart.Read<TLanes>(weight + c, count), RowPart.Read<TLanes>(bias + c, count)), y + start + c, count);
                }
            }
        }
    }

    public readonly struct BackwardInput<TLanes>(int rows, int channels, float* h, float* weight, float* statistics, float* gradOutput, float* gradInput, bool accumulate) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                nint start = (nint)row * channels;
                TLanes mean = TLanes.Broadcast(statistics[2 * row]);
                TLanes factor = TLanes.Broadcast(statistics[(2 * row) + 1]);
                TLanes sums = TLanes.Zero;
                TLanes dots = TLanes.Zero;
                for (int c = 0; c < channels; c += 16)
                {
                    int count = Math.Min(16, channels - c);
                    TLanes g = RowPart.Read<TLanes>(gradOutput + start + c, count) * RowPart.Read<TLanes>(weight + c, count);
                    sums += g;
                    dots = TLanes.Fma(g, (RowPart.Read<TLanes>(h + start + c, count) - mean) * factor, dots);
                }
                TLanes shift = TLanes.Broadcast(TLanes.Sum(sums) / channels);
                TLanes pull = TLanes.Broadcast(TLanes.Sum(dots) / -channels);
                for (int c = 0; c < channels; c += 16)
                {
                    int count = Math.Min(16, channels - c);
                    TLanes g = RowPart.Read<TLanes>(gradOutput + start + c, count) * RowPart.Read<TLanes>(weight + c, count);
                    TLanes normal = (RowPart.Read<TLanes>(h + start + c, count) - mean) * factor;
                    TLanes grad = factor * TLanes.Fma(normal, pull, g - shift);
                    RowPart.Write(grad, gradInput + start + c, count, accumulate);
                }
            }
        }
    }

    /// <summary>An item is sixteen channels, summed down all rows.</summary>
    public readonly struct BackwardWeight<TLanes>(int rows, int channels, float* h, float* statistics, float* gradOutput, float* gradWeight) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int c = item * 16;
            int count = Math.Min(16, channels - c);
            TLanes total = TLanes.LoadPart(gradWeight + c, count);
            for (int row = 0; row < rows; row++)
            {
                nint start = ((nint)row * channels) + c;
                TLanes normal = (RowPart.Read<TLanes>(h + start, count) - TLanes.Broadcast(statistics[2 * row])) * TLanes.Broadcast(statistics[(2 * row) + 1]);
                total = TLanes.Fma(RowPart.Read<TLanes>(gradOutput + start, count), normal, total);
            }
            TLanes.StorePart(total, gradWeight + c, count);
        }
    }
}
