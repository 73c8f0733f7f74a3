using System.Runtime.CompilerServices;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>The norm of each output's weights with an adapter, n = |W + s B A|, and DoRA's factor m / n. An item is a panel of 64 outputs.</summary>
/// <remarks>The sum of squares is taken along the channels, in float64, so that it does not depend on how the panel is cut. W + s B A is made piece by piece and never held.</remarks>
internal readonly unsafe struct AdaptedNorms<TLanes, TStored>(
    int outputs, int channels, int rank, float scale, byte* weight, float* down, float* up, float* magnitude, float* norms, float* factors, float** scratch) : IJob
    where TLanes : struct, ILanes<TLanes>
    where TStored : struct, IStored
{
    private const int Panel = MatMulTile.PanelWidth;

    /// <summary>Numbers of scratch memory each worker needs: a piece of B A, and one of W.</summary>
    public const int ScratchLength = 2 * Panel * Panel;

    public void Run(int item, int worker)
    {
        float* delta = scratch[worker];
        float* widened = delta + (Panel * Panel);
        float* upPanel = up + ((nint)item * Panel * rank);
        byte* panel = weight + ((nint)item * Panel * channels * TStored.Size);
        double* squares = stackalloc double[Panel];
        new Span<double>(squares, Panel).Clear();
        for (int channel = 0; channel < channels; channel += Panel)
        {
            int depth = Math.Min(Panel, channels - channel);
            MatMulTile.Run<TLanes>(depth, rank, down + ((nint)channel * rank), 1, Panel, upPanel, Panel, delta, Panel, Panel, accumulate: false);
            MatMul.WidenPanel<TLanes, TStored>(depth, panel + ((nint)channel * Panel * TStored.Size), widened);
            AddSquares(depth, delta, widened, squares);
        }
        for (int j = 0; j < Math.Min(Panel, outputs - (item * Panel)); j++)
        {
            int output = (item * Panel) + j;
            norms[output] = (float)Math.Sqrt(squares[j]);
            factors[output] = magnitude is null ? 1 : magnitude[output] / norms[output];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AddSquares(int depth, float* delta, float* widened, double* squares)
    {
        TLanes s = TLanes.Broadcast(scale);
        for (int i = 0; i < depth * Panel; i += 16)
            TLanes.Store(TLanes.Fma(TLanes.Load(delta + i), s, TLanes.Load(widened + i)), delta + i);
        for (int k = 0; k < depth; k++)
            for (int j = 0; j < Panel; j++)
                squares[j] += (double)delta[(k * Panel) + j] * delta[(k * Panel) + j];
    }
}
