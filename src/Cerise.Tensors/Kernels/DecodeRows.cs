namespace Cerise.Tensors.Kernels;

/// <summary>Query rows in a worker's memory, with their state of online softmax.</summary>
internal readonly unsafe struct DecodeRows
{
    private const int Block = KeyValueBlocks.BlockSize;

    /// <param name="memory">Where they lie, <see cref="Length"/> numbers.</param>
    /// <param name="rows">How many.</param>
    /// <param name="dim">Channels of a head.</param>
    public DecodeRows(float* memory, int rows, int dim)
    {
        Stride = Padded(dim);
        Queries = memory;
        Sums = Queries + (rows * Stride);
        Scores = Sums + (rows * Stride);
        Max = Scores + (rows * Block);
        Sum = Max + rows;
    }

    /// <summary>Numbers from one row of queries or sums to the next: channels of a head, padded to whole vectors.</summary>
    public int Stride { get; }

    /// <summary>Scaled queries, [rows, Stride].</summary>
    public float* Queries { get; }

    /// <summary>Probabilities times values so far, [rows, Stride].</summary>
    public float* Sums { get; }

    /// <summary>Scores, then probabilities, of a block, [rows, 64].</summary>
    public float* Scores { get; }

    /// <summary>Largest score so far, [rows].</summary>
    public float* Max { get; }

    /// <summary>Sum of probabilities so far, [rows].</summary>
    public float* Sum { get; }

    /// <summary>Numbers they take.</summary>
    public static int Length(int rows, int dim) => rows * ((2 * Padded(dim)) + Block + 2);

    /// <summary>Nothing attended to yet.</summary>
    public void Clear(int rows)
    {
        new Span<float>(Sums, rows * Stride).Clear();
        new Span<float>(Sum, rows).Clear();
        new Span<float>(Max, rows).Fill(float.NegativeInfinity);
    }

    private static int Padded(int dim) => (dim + 15) / 16 * 16;
}
