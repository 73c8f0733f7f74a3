namespace Cerise.Tensors;

/// <summary>The extents of a tensor: [rows, columns], or [rows] for a vector, whose <see cref="Columns"/> is 1.</summary>
/// <remarks>Sequences are packed end to end, so tokens are one dimension: activations are [tokens, channels], per-token quantities [tokens].</remarks>
public readonly record struct Shape(int Rows, int Columns)
{
    /// <summary>A vector's shape.</summary>
    public Shape(int rows)
        : this(rows, 1)
    {
    }

    /// <summary>Number of elements.</summary>
    public long Length => (long)Rows * Columns;

    /// <inheritdoc/>
    public override string ToString() => Columns == 1 ? $"[{Rows}]" : $"[{Rows}, {Columns}]";
}
