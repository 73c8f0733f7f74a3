namespace Cerise.Models.Checkpoints;

/// <summary>One tensor of a checkpoint: where it is and what it holds, its values unread.</summary>
public sealed class SafetensorsEntry
{
    internal SafetensorsEntry(string name, SafetensorsDType dtype, long[] shape, long elementCount, long offset, string file)
    {
        Name = name;
        DType = dtype;
        Shape = shape;
        ElementCount = elementCount;
        Offset = offset;
        File = file;
    }

    /// <summary>The tensor's name, unique in the checkpoint.</summary>
    public string Name { get; }

    /// <summary>The type its elements are stored in.</summary>
    public SafetensorsDType DType { get; }

    /// <summary>Sizes of its dimensions, outermost first; empty for a scalar.</summary>
    public IReadOnlyList<long> Shape { get; }

    /// <summary>Number of elements: the product of <see cref="Shape"/>.</summary>
    public long ElementCount { get; }

    /// <summary>Bytes it takes in the file.</summary>
    public long ByteLength => ElementCount * DType.Size();

    /// <summary>Elements in one row, an index of the first dimension; all of them for a scalar.</summary>
    public long RowLength => Shape.Count == 0 || Shape[0] == 0 ? ElementCount : ElementCount / Shape[0];

    /// <summary>The file that holds it.</summary>
    public string File { get; }

    /// <summary>Bytes from the start of the file to its first element.</summary>
    internal long Offset { get; }

    /// <summary>Name, type and shape, as messages show them: <c>model.norm.weight F32 [64]</c>.</summary>
    public override string ToString() => $"{Name} {DType.Name()} {ShapeText.Of(Shape)}";

    /// <summary>The same tensor under another name.</summary>
    internal SafetensorsEntry Renamed(string name) => new(name, DType, [.. Shape], ElementCount, Offset, File);
}
