using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>Puts rows of keys and values at their positions in blocks: keys transposed to [kvHeads, headDim, 64], values as [kvHeads, 64, headDim]. An item is one head of one sequence, or of the copied part of a block.</summary>
internal readonly unsafe struct WriteKeyValues(int kvHeads, int dim, int* plan, float* keys, float* values, float* keyBlocks, float* valueBlocks) : IJob
{
    private const int Block = KeyValueBlocks.BlockSize;

    public void Run(int item, int worker)
    {
        int head = item % kvHeads;
        int* entry = plan + (4 * (item / kvHeads));
        (int firstRow, int rows, int firstPosition) = (entry[0], entry[1], entry[2]);
        int* blocks = plan + entry[3];
        for (int i = 0; i < rows; i++)
        {
            int position = firstPosition + i;
            int column = position % Block;
            nint source = (((nint)(firstRow + i) * kvHeads) + head) * dim;
            nint place = (((nint)blocks[position / Block] * kvHeads) + head) * dim * Block;
            for (int d = 0; d < dim; d++)
                keyBlocks[place + ((nint)d * Block) + column] = keys[source + d];
            new ReadOnlySpan<float>(values + source, dim).CopyTo(new Span<float>(valueBlocks + place + ((nint)column * dim), dim));
        }
    }
}
