using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Root-mean-square normalization with the residual added first (Zhang and Sennrich 2019, arXiv:1910.07467).</summary>
/// <remarks>
/// h = x + residual; y = h * rstd * g, rstd = 1 / sqrt(mean(h^2) + eps), g = weight + offset.
/// dh = rstd * dy * g - h * rstd^3 / C * sum(dy * g * h); dweight += sum over rows of dy * h * rstd, in their order. NaN in a row makes that row NaN.
/// </remarks>
internal static unsafe partial class RmsNorm
{
    /// <summary>Rows an item takes.</summary>
    public const int RowsPerItem = 16;

    public readonly struct Forward<TLanes>(int rows, int channels, float eps, float* x, float* residual, float* weight, float offset, float* sum, float* y, float* rstd) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            int body = channels / 16 * 16;
            for (int row = item * RowsPerItem; row < last; row++)
            {
                nint start = (nint)row * channels;
                float* h = x + start;
                if (residual is not null)
                {
                    float* r = residual + start;
                    h = sum + start;
                    for (int c = 0; c < body; c += 16)
                        TLanes.Store(TLanes.Load(x + start + c) + TLanes.Load(r + c), h + c);
                    if (body < channels)
                        TLanes.StorePart(TLanes.LoadPart(x + start + body, channels - body) + TLanes.LoadPart(r + body, channels - body), h + body, channels - body);
                }
                TLanes squares = TLanes.Zero;
                for (int c = 0; c < body; c += 16)
                {
                    TLanes v = TLanes.Load(h + c);
                    squares = TLanes.Fma(v, v, squares);
                }
                if (body < channels)
                {
                    TLanes v = TLanes.LoadPart(h + body, channels - body);
                    squares = TLanes.Fma(v, v, squares);
                }
                float scale = 1 / MathF.Sqrt((TLanes.Sum(squares) / channels) + eps);
                rstd[row] = scale;
                TLanes factor = TLanes.Broadcast(scale);
                TLanes one = TLanes.Broadcast(offset);
                for (int c = 0; c < body; c += 16)
                    TLanes.Store(TLanes.Load(h + c) * factor * (TLanes.Load(weight + c) + one), y + start + c);
                if (body < channels)
                    TLanes.StorePart(TLanes.LoadPart(h + body, channels - body) * factor * (TLanes.LoadPart(weight + body, channels - body) + one), y + start + body, channels - body);
            }
        }
    }

    public readonly struct BackwardInput<TLanes>(int rows, int channels, float* h, float* weight, float offset, float* rstd, float* gradOutput, float* gradInput, bool accumulate) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                nint start = (nint)row * channels;
                TLanes one = TLanes.Broadcast(offset);
                TLanes dots = TLanes.Zero;
                for (int c = 0; c < channels; c += 16)
                {
                    int count = Math.Min(16, channels - c);
                    dots = TLanes.Fma(RowPart.Read<TLanes>(gradOutput + start + c, count) * (RowPart.Read<TLanes>(weight + c, count) + one), RowPart.Read<TLanes>(h + start + c, count), dots);
                }
                float scale = rstd[row];
                TLanes factor = TLanes.Broadcast(scale);
                TLanes pull = TLanes.Broadcast(-(scale * scale * scale) * TLanes.Sum(dots) / channels);
                for (int c = 0; c < channels; c += 16)
                {
                    int count = Math.Min(16, channels - c);
                    TLanes grad = TLanes.Fma(RowPart.Read<TLanes>(h + start + c, count), pull, RowPart.Read<TLanes>(gradOutput + start + c, count) * (RowPart.Read<TLanes>(weight + c, count) + one) * factor);
                    RowPart.Write(grad, gradInput + start + c, count, accumulate);
                }
            }
        }
    }

    /// <summary>An item is sixteen channels, summed down all rows.</summary>
    public readonly struct BackwardWeight<TLanes>(int rows, int channels, float* h, float* rstd, float* gradOutput, float* gradWeight) : IJob
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
                TLanes dy = RowPart.Read<TLanes>(gradOutput + start, count);
                TLanes v = RowPart.Read<TLanes>(h + start, count);
                total = TLanes.Fma(dy, v * TLanes.Broadcast(rstd[row]), total);
            }
            TLanes.StorePart(total, gradWeight + c, count);
        }
    }
}
