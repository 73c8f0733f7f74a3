using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Columns of one matrix copied or added to columns of another: a projection that was computed as one, taken apart, and its gradient put together.</summary>
internal readonly unsafe struct CopyColumns(int rows, int columns, float* source, int sourceWidth, float* target, int targetWidth, bool accumulate) : IJob
{
    /// <summary>Rows an item takes.</summary>
    public const int RowsPerItem = 32;

    public void Run(int item, int worker)
    {
        int last = Math.Min(rows, (item + 1) * RowsPerItem);
        for (int row = item * RowsPerItem; row < last; row++)
        {
            ReadOnlySpan<float> from = new(source + ((nint)row * sourceWidth), columns);
            Span<float> to = new(target + ((nint)row * targetWidth), columns);
            if (accumulate)
                Add(from, to);
            else
                from.CopyTo(to);
        }
    }

    private static void Add(ReadOnlySpan<float> from, Span<float> to)
    {
        for (int c = 0; c < from.Length; c++)
            to[c] += from[c];
    }
}
