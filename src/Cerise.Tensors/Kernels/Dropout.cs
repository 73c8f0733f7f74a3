using Cerise.Tensors.Numerics;

namespace Cerise.Tensors.Kernels;

/// <summary>y (+)= x * mask / (1 - p): each number is set to zero with probability p, by 32 random bits that belong to its row's key and its channel (Srivastava et al. 2014).</summary>
/// <remarks>It is its own backward pass.</remarks>
internal readonly unsafe struct Dropout<TLanes>(int rows, int channels, double probability, ulong* keys, float* x, float* y, bool accumulate) : IJob
    where TLanes : struct, ILanes<TLanes>
{
    /// <summary>Rows an item takes.</summary>
    public const int RowsPerItem = 4;

    public void Run(int item, int worker)
    {
        uint limit = (uint)(probability * 4294967296.0);
        float kept = (float)(1 / (1 - probability));
        float* mask = stackalloc float[16];
        int last = Math.Min(rows, (item + 1) * RowsPerItem);
        for (int row = item * RowsPerItem; row < last; row++)
        {
            nint place = (nint)row * channels;
            for (int c = 0; c < channels; c += 16, place += 16)
            {
                int count = Math.Min(16, channels - c);
                for (int i = 0; i < 16; i += 4)
                {
                    (uint x0, uint x1, uint x2, uint x3) = Philox.Block(keys[row], (ulong)(c + i) / 4);
                    mask[i] = x0 < limit ? 0 : kept;
                    mask[i + 1] = x1 < limit ? 0 : kept;
                    mask[i + 2] = x2 < limit ? 0 : kept;
                    mask[i + 3] = x3 < limit ? 0 : kept;
                }
                TLanes value = TLanes.LoadPart(x + place, count) * TLanes.Load(mask);
                TLanes.StorePart(accumulate ? value + TLanes.LoadPart(y + place, count) : value, y + place, count);
            }
        }
    }
}
