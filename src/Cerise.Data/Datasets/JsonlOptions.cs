namespace Cerise.Data.Datasets;

/// <summary>How a JSON lines file is read.</summary>
public sealed record JsonlOptions
{
    /// <summary>Other names for its columns. Default none.</summary>
    public ColumnMap Columns { get; init; } = ColumnMap.None;

    /// <summary>Bytes of the longest line accepted, so that a file without line breaks cannot fill the memory. Default 64 MiB.</summary>
    public int MaxLineBytes { get; init; } = 64 << 20;

    /// <summary>Bytes a compressed file may unpack to, so that a small file cannot occupy a run for days. Default 64 GiB.</summary>
    public long MaxDecompressedBytes { get; init; } = 64L << 30;
}
