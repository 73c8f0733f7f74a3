using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Rows of a table whose weight lies in panels: y[i] = scale * table[ids[i]]; backward adds rows, times the scale, to sums by row, and those to the table's gradient, in the order of i.</summary>
internal static unsafe partial class Embedding
{
    private const int Panel = MatMulTile.PanelWidth;

    /// <summary>Rows (forward) an item takes.</summary>
    public const int RowsPerItem = 32;

    /// <summary>Channels (backward) an item takes.</summary>
    public const int ChannelsPerItem = 32;

    public readonly struct Forward(int rows, int channels, float* table, int* ids, float scale, float* y) : IJob
    {
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                float* source = table + ((nint)(ids[row] / Panel) * Panel * channels) + (ids[row] % Panel);
                float* target = y + ((nint)row * channels);
                for (int c = 0; c < channels; c++)
                    target[c] = scale * source[(nint)c * Panel];
            }
        }
    }

    /// <summary>The same over a table in a 16-bit type, widened.</summary>
    public readonly struct ForwardStored<TStored>(int rows, int channels, ushort* table, int* ids, float scale, float* y) : IJob
        where TStored : struct, IStored16
    {
        public void Run(int item, int worker)
        {
            int last = Math.Min(rows, (item + 1) * RowsPerItem);
            for (int row = item * RowsPerItem; row < last; row++)
            {
                ushort* source = table + ((nint)(ids[row] / Panel) * Panel * channels) + StoredPanel.PlaceOf(ids[row] % Panel);
                float* target = y + ((nint)row * channels);
                for (int c = 0; c < channels; c++)
                    target[c] = scale * TStored.Widen(source[(nint)c * Panel]);
            }
        }
    }

    /// <summary>sums[slots[i]] += scale * gradOutput[i].</summary>
    public readonly struct Backward(int rows, int channels, float* sums, int* slots, float scale, float* gradOutput) : IJob
    {
        public void Run(int item, int worker)
        {
            int first = item * ChannelsPerItem;
            int last = Math.Min(channels, first + ChannelsPerItem);
            for (int row = 0; row < rows; row++)
            {
                float* target = sums + ((nint)slots[row] * channels);
                float* source = gradOutput + ((nint)row * channels);
                for (int c = first; c < last; c++)
                    target[c] += scale * source[c];
            }
        }
    }

    /// <summary>gradTable[ids[i]] += sums[i].</summary>
    public readonly struct AddSums(int rows, int channels, float* gradTable, int* ids, float* sums) : IJob
    {
        public void Run(int item, int worker)
        {
            int first = item * ChannelsPerItem;
            int last = Math.Min(channels, first + ChannelsPerItem);
            for (int row = 0; row < rows; row++)
            {
                float* target = gradTable + ((nint)(ids[row] / Panel) * Panel * channels) + (ids[row] % Panel);
                float* source = sums + ((nint)row * channels);
                for (int c = first; c < last; c++)
                    target[(nint)c * Panel] += source[c];
            }
        }
    }
}
