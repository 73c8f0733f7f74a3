namespace Cerise.Tensors.Kernels;

/// <summary>Memory for the statistics of every block of some rows; see <see cref="SoftmaxRow"/>.</summary>
/// <param name="memory">At least <see cref="Length"/> numbers.</param>
/// <param name="vocab">Token ids of a row.</param>
internal readonly unsafe struct BlockStatistics(float* memory, int vocab)
{
    private readonly int _padded = SoftmaxRow.Padded(SoftmaxRow.Blocks(vocab));

    /// <summary>Blocks of a row.</summary>
    public int Blocks => SoftmaxRow.Blocks(vocab);

    /// <summary>Numbers needed for so many rows.</summary>
    public static long Length(int rows, int vocab) => 3L * rows * SoftmaxRow.Padded(SoftmaxRow.Blocks(vocab));

    /// <summary>The largest z of each block of a row.</summary>
    public float* Maxima(int row) => memory + (3 * (nint)row * _padded);

    /// <summary>The sum of e^(z - max) of each block of a row.</summary>
    public float* Sums(int row) => Maxima(row) + _padded;

    /// <summary>The sum of e^(z - max) (z - max) of each block of a row.</summary>
    public float* Moments(int row) => Sums(row) + _padded;
}
