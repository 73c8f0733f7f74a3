namespace Cerise.Models.Checkpoints;

/// <summary>Fills <paramref name="destination"/> with the elements of a tensor from <paramref name="firstElement"/> on, in row-major order.</summary>
/// <param name="firstElement">Index of the first element asked for; calls come in order, without gaps.</param>
/// <param name="destination">Receives the values, at most 65,536 at a time.</param>
public delegate void TensorValues(long firstElement, Span<float> destination);

/// <summary>A tensor to be written: its header entry, and where its values come from when their turn comes.</summary>
/// <param name="Name">Name in the file.</param>
/// <param name="Shape">Sizes of its dimensions, outermost first; empty for a scalar.</param>
/// <param name="DType">F32, BF16 or F16; values are rounded to nearest, ties to even.</param>
/// <param name="Values">Asked for the values piece by piece, so that no copy of the whole tensor is needed.</param>
public sealed record TensorToWrite(string Name, IReadOnlyList<long> Shape, SafetensorsDType DType, TensorValues Values)
{
    /// <summary>A tensor whose values lie in memory.</summary>
    /// <param name="name">Name in the file.</param>
    /// <param name="shape">Sizes of its dimensions, outermost first; empty for a scalar.</param>
    /// <param name="values">All elements in row-major order; not copied.</param>
    /// <param name="dtype">F32, BF16 or F16.</param>
    public static TensorToWrite From(
        string name, IReadOnlyList<long> shape, ReadOnlyMemory<float> values, SafetensorsDType dtype = SafetensorsDType.F32)
    {
        ArgumentNullException.ThrowIfNull(shape);
        if (!SafetensorsHeader.TryCount(shape, out long count) || count != values.Length)
            throw new ArgumentException($"'{name}' {ShapeText.Of(shape)} has not {values.Length} elements", nameof(values));
        return new TensorToWrite(name, shape, dtype, (first, destination) => values.Span.Slice((int)first, destination.Length).CopyTo(destination));
    }
}
