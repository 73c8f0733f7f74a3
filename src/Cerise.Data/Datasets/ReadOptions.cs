namespace Cerise.Data.Datasets;

/// <summary>How a file of rows is read.</summary>
public sealed record ReadOptions
{
    /// <summary>Other names for its columns. Default none.</summary>
    public ColumnMap Columns { get; init; } = ColumnMap.None;

    /// <summary>Bytes of the longest line or row accepted, so that a file without line breaks cannot fill the memory. Default 64 MiB.</summary>
    public int MaxRowBytes { get; init; } = 64 << 20;

    /// <summary>Bytes a compressed file may unpack to, so that a small file cannot occupy a run for days. Default 64 GiB.</summary>
    public long MaxDecompressedBytes { get; init; } = 64L << 30;

    /// <summary>
    /// How many times its own size a compressed file may unpack to, once it is beyond 16 MiB. Default 200: text packs to a third or a tenth, and what packs
    /// to a thousandth was made to.
    /// </summary>
    public double MaxDecompressionRatio { get; init; } = 200;
}
