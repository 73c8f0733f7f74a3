namespace Cerise.Tensors.Kernels;

/// <summary>Logits in the order in which they are made and read: strips of the vocabulary, each [rows, width] by itself, so that a strip is still in the cache when its statistics or gradients are taken.</summary>
/// <param name="memory">The strips, end to end; or one strip that all take turns in.</param>
/// <param name="rows">Rows of every strip.</param>
/// <param name="vocab">Token ids of a row.</param>
/// <param name="width">Token ids of a strip: a multiple of <see cref="SoftmaxRow.BlockLength"/>, or the whole vocabulary.</param>
/// <param name="keeps">Whether every strip has memory of its own.</param>
internal readonly unsafe struct HeadLogits(float* memory, int rows, int vocab, int width, bool keeps)
{
    /// <summary>Rows of every strip.</summary>
    public int Rows => rows;

    /// <summary>Token ids of a row.</summary>
    public int Vocab => vocab;

    /// <summary>How many strips there are.</summary>
    public int Strips => (vocab + width - 1) / width;

    /// <summary>Numbers needed for these strips.</summary>
    public long Length => (long)rows * (keeps ? vocab : width);

    /// <summary>The same strips elsewhere.</summary>
    public HeadLogits In(float* place) => new(place, rows, vocab, width, keeps);

    /// <summary>Strips that hold about so many numbers each.</summary>
    public static HeadLogits Of(int rows, int vocab, long stripLength, bool keeps)
    {
        long width = Math.Max(1, stripLength / Math.Max(1, rows) / SoftmaxRow.BlockLength) * SoftmaxRow.BlockLength;
        return new HeadLogits(null, rows, vocab, (int)Math.Min(width, vocab), keeps);
    }

    /// <summary>The first token id of a strip.</summary>
    public int First(int strip) => strip * width;

    /// <summary>Token ids of a strip: the last may be narrower.</summary>
    public int Width(int strip) => Math.Min(width, vocab - (strip * width));

    /// <summary>Where a strip lies, [rows, its width].</summary>
    public float* Strip(int strip) => keeps ? memory + ((nint)strip * width * rows) : memory;

    /// <summary>Where a row's logits from <paramref name="id"/> to the end of that id's strip lie.</summary>
    public float* At(int row, int id)
    {
        int strip = id / width;
        return Strip(strip) + ((nint)row * Width(strip)) + (id - (strip * width));
    }
}
