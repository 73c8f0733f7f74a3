using System.Runtime.CompilerServices;
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
    private static readonly int DepthBlock = (int)Math.Clamp(CacheSizes.Here.SecondLevel / 8 / (Panel * sizeof(float)) / Panel * Panel, 2 * Panel, 16 * Panel);

    private const int CacheLine = 64;

    /// <summary>Rows that the backward pass by the weight copies side by side at once.</summary>
    private static readonly int RowsAtOnce = DepthBlock;

    /// <summary>Panels of outputs that the backward pass by the weight takes together.</summary>
    private const int PanelsAtOnce = 4;

    /// <summary>Outputs up to which rows of gradients are not copied before use.</summary>
    private const int NarrowOutputs = 128;

    /// <summary>Rows whose work is worth that of fetching a panel anew.</summary>
    private const int RowsPerFetch = 4;

    /// <summary>The same for a panel that is transposed before it is used.</summary>
    private const int RowsPerTranspose = 24;

    /// <summary>Rows of an item up to which numbers that are costly to widen are widened in every tile anew.</summary>
    private const int RowsWidenedAnew = 8;

    /// <summary>Rows up to which a panel is cut into blocks that fit the first-level cache: what the first tile fetches from memory, the others find there.</summary>
    private const int FewRows = 16;

    /// <summary>Bytes of such a block.</summary>
    private static readonly int BlockOfFewRows = (int)Math.Clamp(CacheSizes.Here.FirstLevel / 3 / 4096 * 4096, 8192, 65536);

    /// <summary>Forward products of one input over panels of any stored type, shared out together: the bits are those of float32 weights of the same numbers.</summary>
    /// <remarks>Scratch memory of <see cref="ScratchLength"/> a worker is needed where <see cref="IStored.CostlyToWiden"/>.</remarks>
    /// <param name="team">Who computes.</param>
    /// <param name="rows">Rows of x.</param>
    /// <param name="channels">Columns of x.</param>
    /// <param name="x">[rows, channels].</param>
    /// <param name="products">The weights and where their products go.</param>
    /// <param name="count">How many there are.</param>
    /// <param name="scratch">Each worker's scratch memory.</param>
    /// <param name="accumulate">Start each sum from the output's present value instead of zero.</param>
    public static void Forward<TLanes, TStored>(WorkerTeam team, int rows, int channels, float* x, LinearProduct* products, int count, float** scratch, bool accumulate = false)
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
    {
        int panels = 0;
        for (int i = 0; i < count; i++)
            panels += Panels(products[i].Outputs);
        int rowBlock = RowBlock(rows, MatMulTile.Rows, panels, team.Threads, RowsPerFetch);
        int run = rowBlock < rows ? 1 : Math.Max(1, panels / (4 * team.Threads));           // panels side by side are fetched as one long stream
        ForwardJob<TLanes, TStored> job = new(rows, channels, rowBlock, panels, run, x, products, scratch, accumulate);
        team.For(Blocks(panels, run) * Blocks(rows, rowBlock), ref job);
    }

    /// <summary>The product backward by the input, through panels of any stored type: the bits are those of float32 weights of the same numbers.</summary>
    public static void BackwardInput<TLanes, TStored>(WorkerTeam team, int rows, int channels, int outputs, float* gradOutput, byte* weight, float* gradInput, bool accumulate, float** scratch)
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
    {
        int panels = Panels(channels);
        int rowBlock = RowBlock(rows, MatMulTile.Rows, panels, team.Threads, RowsPerTranspose);
        BackwardInputJob<TLanes, TStored> job = new(team.Threads, rows, channels, outputs, rowBlock, gradOutput, weight, gradInput, accumulate, scratch);
        team.For(panels * Blocks(rows, rowBlock), ref job);
    }

    public static void BackwardWeight<TLanes>(WorkerTeam team, int rows, int channels, int outputs, float* x, float* gradOutput, float* gradWeight, float** scratch)
        where TLanes : struct, ILanes<TLanes>
    {
        int groups = Blocks(Panels(outputs), PanelsAtOnce);
        int channelBlock = RowBlock(channels, 16, groups, team.Threads, RowsPerFetch);
        BackwardWeightJob<TLanes> job = new(rows, channels, outputs, groups, channelBlock, x, gradOutput, gradWeight, scratch);
        team.For(groups * Blocks(channels, channelBlock), ref job);
    }

    /// <summary>Numbers of scratch memory each worker needs for the backward products, and for the forward one where numbers are costly to widen.</summary>
    public static int ScratchLength => RowsAtOnce * Panel * (PanelsAtOnce + 1);

    private static int Panels(int columns) => (columns + Panel - 1) / Panel;

    private static int Blocks(int rows, int rowBlock) => (rows + rowBlock - 1) / rowBlock;

    // How many rows, in units of a tile's, an item takes: few items for many rows, so that a panel is fetched seldom, yet as many as let the threads end together.
    private static int RowBlock(int rows, int unit, int panels, int threads, int fetch)
    {
        int best = Math.Max(rows, 1);
        long leastTime = long.MaxValue;
        for (int blocks = 1; blocks <= 8 * threads && (blocks == 1 || rows / blocks >= 2 * MatMulTile.Rows); blocks++)
        {
            int rowBlock = blocks == 1 ? best : Blocks(Blocks(rows, blocks), unit) * unit;
            long turns = (((long)panels * Blocks(rows, rowBlock)) + threads - 1) / threads;
            long time = turns * (rowBlock + fetch);
            if (time < leastTime)
                (best, leastTime) = (rowBlock, time);
        }
        return best;
    }

    private readonly struct ForwardJob<TLanes, TStored>(
        int rows, int channels, int rowBlock, int panels, int run, float* x, LinearProduct* products, float** scratch, bool accumulate) : IJob
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
    {
        public void Run(int item, int worker)
        {
            int blocks = Blocks(rows, rowBlock);
            int firstPanel = item / blocks * run;
            for (int panel = firstPanel; panel < Math.Min(firstPanel + run, panels); panel++)
                RunPanel(panel, item % blocks * rowBlock, worker);
        }

        private void RunPanel(int panel, int first, int worker)
        {
            LinearProduct* product = products;
            for (; panel >= Panels(product->Outputs); product++)
                panel -= Panels(product->Outputs);
            int outputs = product->Outputs;
            int count = Math.Min(rowBlock, rows - first);
            int columns = Math.Min(Panel, outputs - (panel * Panel));
            byte* b = product->Weight + ((nint)panel * Panel * channels * TStored.Size);
            float* c = product->Y + ((nint)first * outputs) + (panel * Panel);
            bool widenOnce = TStored.CostlyToWiden && count > RowsWidenedAnew;
            int longest = count is > MatMulTile.Rows and <= FewRows ? BlockOfFewRows / (Panel * TStored.Size) : DepthBlock;
            for (int k = 0; k < channels; k += longest)
            {
                int depth = Math.Min(longest, channels - k);
                float* a = x + ((nint)first * channels) + k;
                byte* block = b + ((nint)k * Panel * TStored.Size);
                if (widenOnce)
                {
                    WidenPanel<TLanes, TStored>(depth, block, scratch[worker]);
                    MatMulTile.Run<TLanes>(count, depth, a, channels, 1, scratch[worker], Panel, c, outputs, columns, accumulate || k > 0);
                }
                else
                {
                    MatMulTile.Run<TLanes, TStored>(count, depth, a, channels, 1, block, Panel, c, outputs, columns, accumulate || k > 0);
                }
            }
            float* bias = product->Bias;
            if (bias is not null)
                for (int i = 0; i < count; i++)
                    for (int j = 0; j < columns; j++)
                        c[((nint)i * outputs) + j] += bias[(panel * Panel) + j];
        }
    }

    private readonly struct BackwardInputJob<TLanes, TStored>(int threads, int rows, int channels, int outputs, int rowBlock, float* gradOutput, byte* weight, float* gradInput, bool accumulate, float** scratch) : IJob
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
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
                    Transpose<TLanes>(Piece(n + p, panel, columns, transposed + (DepthBlock * Panel)), Math.Min(Panel, depth - p), columns, transposed + (p * Panel));
                int chunk = Blocks(Blocks(count, DepthBlock / Panel), MatMulTile.Rows) * MatMulTile.Rows;
                for (int i = 0; i < count; i += chunk)
                {
                    MatMulTile.Run<TLanes>(
                        Math.Min(chunk, count - i), depth, gradOutput + ((nint)(first + i) * outputs) + n, outputs, 1, transposed, Panel,
                        c + ((nint)i * channels), channels, columns, accumulate: accumulate || n > 0);
                    PrefetchPiece(item, panel, n, i / chunk);
                }
            }
        }

        // 64 outputs by up to 64 channels of the weights: where they lie, or widened.
        private float* Piece(int output, int panel, int columns, float* widened)
        {
            byte* place = weight + ((((nint)output * channels) + ((nint)panel * Panel * Panel)) * TStored.Size);
            if (typeof(TStored) == typeof(StoredFloat32))
                return (float*)place;
            WidenPanel<TLanes, TStored>(columns, place, widened);
            return widened;
        }

        // A piece, 64 outputs by 64 channels, of the weights needed after this block of outputs: those of the next block, or of the item this worker is likely to take next.
        private void PrefetchPiece(int item, int panel, int block, int piece)
        {
            int output = block + DepthBlock + (piece * Panel);
            if (block + DepthBlock >= outputs)
            {
                output = piece * Panel;
                panel = (item + threads) / Blocks(rows, rowBlock);
            }
            if (output >= outputs || panel >= Panels(channels))
                return;
            byte* place = weight + ((((nint)output * channels) + ((nint)panel * Panel * Panel)) * TStored.Size);
            for (int i = 0; i < Panel * Panel * TStored.Size; i += CacheLine)
                Prefetch.Far((float*)(place + i));
        }
    }

    private readonly struct BackwardWeightJob<TLanes>(
        int rows, int channels, int outputs, int groups, int channelBlock, float* x, float* gradOutput, float* gradWeight, float** scratch) : IJob
        where TLanes : struct, ILanes<TLanes>
    {
        // Rows of x and dy lie pages apart: their columns are copied side by side, and each copy is used several times.
        public void Run(int item, int worker)
        {
            int blocks = Blocks(channels, channelBlock);
            int panels = Panels(outputs);
            int group = item / blocks;
            int firstPanel = (int)((long)panels * group / groups);
            int lastPanel = (int)((long)panels * (group + 1) / groups);
            int first = item % blocks * channelBlock;
            int last = Math.Min(first + channelBlock, channels);
            float* dy = scratch[worker];                                   // panels of [depth, 64]
            float* xs = dy + (RowsAtOnce * Panel * PanelsAtOnce);          // four times [depth, 16]
            bool direct = outputs <= NarrowOutputs && outputs % Panel == 0;   // rows of dy that lie close enough to be read where they are
            for (int row = 0; row < rows; row += RowsAtOnce)
            {
                int depth = Math.Min(RowsAtOnce, rows - row);
                for (int panel = firstPanel; panel < lastPanel && !direct; panel++)
                    CopyColumns<TLanes>(
                        gradOutput + ((nint)row * outputs) + (panel * Panel), outputs, depth, Math.Min(Panel, outputs - (panel * Panel)),
                        dy + ((panel - firstPanel) * RowsAtOnce * Panel), Panel, Panel);
                for (int block = first; block < last; block += Panel)
                {
                    CopyColumns<TLanes>(x + ((nint)row * channels) + block, channels, depth, Math.Min(Panel, last - block), xs, 16, RowsAtOnce * 16);
                    for (int panel = firstPanel; panel < lastPanel; panel++)
                    {
                        int columns = Math.Min(Panel, Blocks(outputs - (panel * Panel), 16) * 16);
                        for (int channel = block; channel < Math.Min(block + Panel, last); channel += 16)
                            MatMulTile.Run<TLanes>(
                                Math.Min(16, last - channel), depth, xs + ((channel - block) * RowsAtOnce), 1, 16,
                                direct ? gradOutput + ((nint)row * outputs) + (panel * Panel) : dy + ((panel - firstPanel) * RowsAtOnce * Panel), direct ? outputs : Panel,
                                gradWeight + ((nint)panel * Panel * channels) + ((nint)channel * Panel), Panel, columns, accumulate: true);
                    }
                }
            }
        }
    }

    // [columns][64] in a panel, of which the first `depth` of 64 are outputs, to [depth][64]; up to 15 more rows are written.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Transpose<TLanes>(float* source, int depth, int columns, float* target)
        where TLanes : struct, ILanes<TLanes>
    {
        int body = columns / 16 * 16;
        for (int k = 0; k < body; k += 16)
            for (int n = 0; n < depth; n += 16)
                TLanes.Transpose(source + (k * Panel) + n, Panel, target + (n * Panel) + k, Panel);
        for (int k = body; k < columns; k++)
            for (int n = 0; n < depth; n++)
                target[(n * Panel) + k] = source[(k * Panel) + n];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal static void WidenPanel<TLanes, TStored>(int rows, byte* source, float* target)
        where TLanes : struct, ILanes<TLanes>
        where TStored : struct, IStored
    {
        for (int row = 0; row < rows; row++)
        {
            Row4<TLanes>.Store(Row4<TLanes>.Widen<TStored>(source), target);
            source += Panel * TStored.Size;
            target += Panel;
        }
    }

    // Columns of a matrix in strips of `width` (16 or 64), each strip [rows, width] and `strip` numbers after the one before; the last strip is padded with zeros.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void CopyColumns<TLanes>(float* source, nint stride, int rows, int columns, float* target, int width, nint strip)
        where TLanes : struct, ILanes<TLanes>
    {
        nint step = width == 16 ? strip : 16;                              // from one vector of a row to the next
        for (int row = 0; row < rows; row++)
        {
            float* place = target;
            int c = 0;
            for (; c <= columns - 16; c += 16, place += step)
                TLanes.Store(TLanes.Load(source + c), place);
            for (; c < columns; c += 16, place += step)
                TLanes.Store(TLanes.LoadPart(source + c, columns - c), place);
            for (; c < width; c += 16, place += step)
                TLanes.Store(TLanes.Zero, place);
            source += stride;
            target += width;
        }
    }
}
