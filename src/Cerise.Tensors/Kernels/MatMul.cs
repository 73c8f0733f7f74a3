using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>The three matrix products of a linear layer y = x W^T + b, over weights in panels.</summary>
/// <remarks>
/// forward y = x W^T: sums along channels; backward by the input dx = dy W: sums along outputs; backward by the weight dW += dy^T x: sums along rows, in their
/// order and continuing from the gradient so far, so that a batch may be cut into micro-batches anywhere. All are made of <see cref="MatMulTile"/>.
/// </remarks>
internal static unsafe partial class MatMul
{
    private const int Panel = MatMulTile.PanelWidth;

    /// <summary>Length of the blocks that sums are cut into, so that a panel's block stays in the second-level cache.</summary>
    private const int DepthBlock = 512;

    /// <summary>Rows an item takes at least, where there are as many.</summary>
    private const int RowsPerItem = 96;

    public static void Forward<TLanes>(WorkerTeam team, int rows, int channels, int outputs, float* x, float* weight, float* bias, float* y)
        where TLanes : struct, ILanes<TLanes>
    {
        int panels = Panels(outputs);
        int rowBlock = RowBlock(rows, panels, team.Threads, RowsPerItem);
        ForwardJob<TLanes> job = new(rows, channels, outputs, rowBlock, x, weight, bias, y);
        team.For(panels * Blocks(rows, rowBlock), ref job);
    }

    public static void BackwardInput<TLanes>(WorkerTeam team, int rows, int channels, int outputs, float* gradOutput, float* weight, float* gradInput, bool accumulate, float** scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int panels = Panels(channels);
        int rowBlock = RowBlock(rows, panels, team.Threads, 4 * RowsPerItem);
        BackwardInputJob<TLanes> job = new(rows, channels, outputs, rowBlock, gradOutput, weight, gradInput, accumulate, scratch);
        team.For(panels * Blocks(rows, rowBlock), ref job);
    }

    /// <summary>Numbers of scratch memory each worker needs for <see cref="BackwardInput"/>.</summary>
    public const int ScratchLength = DepthBlock * Panel;

    public static void BackwardWeight<TLanes>(WorkerTeam team, int rows, int channels, int outputs, float* x, float* gradOutput, float* gradWeight, float** scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int panels = Panels(outputs);
        int channelBlock = RowBlock(channels, panels, team.Threads, RowsPerItem);
        BackwardWeightJob<TLanes> job = new(rows, channels, outputs, channelBlock, x, gradOutput, gradWeight, scratch);
        team.For(panels * Blocks(channels, channelBlock), ref job);
    }

    private static int Panels(int columns) => (columns + Panel - 1) / Panel;

    private static int Blocks(int rows, int rowBlock) => (rows + rowBlock - 1) / rowBlock;

    // Enough items that the threads end together, yet tall enough that a panel's block is read seldom.
    private static int RowBlock(int rows, int panels, int threads, int least)
    {
        int wanted = threads == 1 ? 1 : Math.Max(1, ((4 * threads) + panels - 1) / panels);
        int even = (((rows + wanted - 1) / wanted) + MatMulTile.Rows - 1) / MatMulTile.Rows * MatMulTile.Rows;
        int floor = panels >= 2 * threads ? least : 2 * MatMulTile.Rows;
        return Math.Max(Math.Max(even, floor), 1);
    }

    private readonly struct ForwardJob<TLanes>(int rows, int channels, int outputs, int rowBlock, float* x, float* weight, float* bias, float* y) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            int blocks = Blocks(rows, rowBlock);
            int panel = item / blocks;
            int first = item % blocks * rowBlock;
            int count = Math.Min(rowBlock, rows - first);
            int columns = Math.Min(Panel, outputs - (panel * Panel));
            float* b = weight + ((nint)panel * Panel * channels);
            float* c = y + ((nint)first * outputs) + (panel * Panel);
            for (int k = 0; k < channels; k += DepthBlock)
                MatMulTile.Run<TLanes>(
                    count, Math.Min(DepthBlock, channels - k), x + ((nint)first * channels) + k, channels, 1, b + ((nint)k * Panel), Panel, c, outputs, columns, accumulate: k > 0);
            if (bias is not null)
                for (int i = 0; i < count; i++)
                    for (int j = 0; j < columns; j++)
                        c[((nint)i * outputs) + j] += bias[(panel * Panel) + j];
        }
    }

    private readonly struct BackwardInputJob<TLanes>(int rows, int channels, int outputs, int rowBlock, float* gradOutput, float* weight, float* gradInput, bool accumulate, float** scratch) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            int blocks = Blocks(rows, rowBlock);
            int panel = item / blocks;
            int first = item % blocks * rowBlock;
            int count = Math.Min(rowBlock, rows - first);
            int columns = Math.Min(Panel, channels - (panel * Panel));
            float* transposed = scratch[worker];
            float* c = gradInput + ((nint)first * channels) + (panel * Panel);
            for (int n = 0; n < outputs; n += DepthBlock)
            {
                int depth = Math.Min(DepthBlock, outputs - n);
                for (int p = 0; p < depth; p += Panel)
                    Transpose(weight + ((nint)(n + p) * channels) + ((nint)panel * Panel * Panel), Math.Min(Panel, depth - p), columns, transposed + (p * Panel));
                MatMulTile.Run<TLanes>(
                    count, depth, gradOutput + ((nint)first * outputs) + n, outputs, 1, transposed, Panel, c, channels, columns, accumulate: accumulate || n > 0);
            }
        }
    }

    private readonly struct BackwardWeightJob<TLanes>(int rows, int channels, int outputs, int channelBlock, float* x, float* gradOutput, float* gradWeight, float** scratch) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        public void Run(int item, int worker)
        {
            int blocks = Blocks(channels, channelBlock);
            int panel = item / blocks;
            int first = item % blocks * channelBlock;
            int count = Math.Min(channelBlock, channels - first);
            int columns = Math.Min(Panel, outputs - (panel * Panel));
            float* c = gradWeight + ((nint)panel * Panel * channels) + ((nint)first * Panel);
            for (int row = 0; row < rows; row += DepthBlock)
            {
                int depth = Math.Min(DepthBlock, rows - row);
                float* b = scratch[worker];
                for (int m = 0; m < depth; m++)
                    CopyPadded(gradOutput + ((nint)(row + m) * outputs) + (panel * Panel), columns, b + (m * Panel));
                MatMulTile.Run<TLanes>(count, depth, x + ((nint)row * channels) + first, 1, channels, b, Panel, c, Panel, Panel, accumulate: true);
            }
        }
    }

    // [columns][64] in a panel, of which the first `depth` of 64 are outputs, to [depth][64].
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose(float* source, int depth, int columns, float* target)
    {
        int body = Vector128.IsHardwareAccelerated ? columns / 4 * 4 : 0;
        for (int k = 0; k < body; k += 4)                                  // four at a time, so that whole vectors are written
        {
            float* s = source + (k * Panel);
            for (int n = 0; n < depth; n++)
                Vector128.Create(s[n], s[n + Panel], s[n + (2 * Panel)], s[n + (3 * Panel)]).Store(target + (n * Panel) + k);
        }
        for (int k = body; k < columns; k++)
            for (int n = 0; n < depth; n++)
                target[(n * Panel) + k] = source[(k * Panel) + n];
    }

    private static void CopyPadded(float* source, int columns, float* target)
    {
        Unsafe.CopyBlockUnaligned(target, source, (uint)columns * sizeof(float));
        if (columns < Panel)
            Unsafe.InitBlockUnaligned(target + columns, 0, (uint)(Panel - columns) * sizeof(float));
    }
}
