namespace Cerise.Data.Datasets;

/// <summary>Reads rows from files of every known format, plain or gzip-compressed, told by name and content.</summary>
public static class DatasetReader
{
    private const int MostPeeked = 4096;

    /// <summary>Reads a file.</summary>
    /// <param name="path">A file or pipe: JSON lines, a JSON array, or (<c>.csv</c>, <c>.tsv</c>, also with <c>.gz</c>) separated cells.</param>
    /// <param name="options">Defaults when null.</param>
    /// <returns>The rows, read as they are asked for; the file is closed with the enumerator.</returns>
    /// <exception cref="DatasetException">While enumerating: the file cannot be read, is cut short, or a row is not valid.</exception>
    public static IEnumerable<Row> Read(string path, ReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadFile(path, options ?? new ReadOptions());
    }

    /// <summary>Reads a stream, such as standard input: JSON lines or a JSON array; not unpacked.</summary>
    /// <param name="stream">UTF-8 text; left open.</param>
    /// <param name="name">What messages call it, such as <c>-</c>.</param>
    /// <param name="options">Defaults when null.</param>
    /// <returns>The rows, read as they are asked for.</returns>
    /// <exception cref="DatasetException">While enumerating: the stream cannot be read, or a row is not valid.</exception>
    public static IEnumerable<Row> Read(Stream stream, string name = "-", ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return Rows(stream, name, isCsv: false, options ?? new ReadOptions());
    }

    /// <summary>Opens a file as a list; reads and checks all of it.</summary>
    /// <param name="path">As for <see cref="Read(string, ReadOptions?)"/>.</param>
    /// <param name="options">Defaults when null.</param>
    /// <returns>The rows: those of plain JSON lines stay on the disk (<see cref="JsonlDataset"/>), others in memory.</returns>
    /// <exception cref="DatasetException">The file cannot be read, is cut short, holds no rows, or a row is not valid.</exception>
    public static IReadOnlyList<Row> Open(string path, ReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        options ??= new ReadOptions();
        // A pipe can be read only once, so its format cannot be looked up before.
        if (!PlainFile.IsStream(path) && FormatOf(path, options) == DatasetFormat.JsonLines)
            return JsonlDataset.Open(path, options);
        Row[] rows = [.. ReadFile(path, options)];
        return rows.Length > 0 ? rows : throw new DatasetException(path, 0, 0, "holds no rows. Check how the file was made.");
    }

    /// <summary>The format of a file: of separated cells by its name, of JSON by its first character.</summary>
    /// <exception cref="DatasetException">The file cannot be read, or is a pipe, which would lose what is read from it here.</exception>
    public static DatasetFormat FormatOf(string path, ReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (IsCsv(path))
            return DatasetFormat.Csv;
        if (PlainFile.IsStream(path))
            throw new DatasetException(path, 0, 0, "is a pipe, whose format shows only as it is read. Save what it gives as a file first.");
        (Stream content, _) = InputFile.Open(path, options ?? new ReadOptions());
        using (content)
            return BeginsArray(Peek(content, path)) ? DatasetFormat.JsonArray : DatasetFormat.JsonLines;
    }

    private static IEnumerable<Row> ReadFile(string path, ReadOptions options)
    {
        (Stream content, _) = InputFile.Open(path, options);
        using (content)
            foreach (Row row in Rows(content, path, IsCsv(path), options))
                yield return row;
    }

    private static IEnumerable<Row> Rows(Stream content, string name, bool isCsv, ReadOptions options)
    {
        if (isCsv)
            return CsvReader.Rows(content, name, options);
        return FromJson(content, name, options);
    }

    private static IEnumerable<Row> FromJson(Stream content, string name, ReadOptions options)
    {
        byte[] begin = Peek(content, name);
        var whole = new ConcatenatedStream(new MemoryStream(begin), content);
        foreach (Row row in BeginsArray(begin) ? new JsonArrayReader(whole, name, options).Rows() : JsonlReader.Read(whole, name, options))
            yield return row;
    }

    private static bool IsCsv(string path)
    {
        string name = path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? path[..^3] : path;
        return name.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) || name.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The first bytes, as many as tell the format.</summary>
    private static byte[] Peek(Stream content, string name)
    {
        byte[] begin = new byte[MostPeeked];
        int length = 0;
        try
        {
            while (length < begin.Length && !IsTelling(begin.AsSpan(0, length)) && content.Read(begin, length, begin.Length - length) is > 0 and int read)
                length += read;
        }
        catch (Exception error) when (InputFile.IsReadingError(error))
        {
            throw InputFile.Fault(name, 1, error);
        }
        return begin[..length];
    }

    private static bool IsTelling(ReadOnlySpan<byte> begin) => begin.Length >= 3 && begin.IndexOfAnyExcept("\uFEFF \t\r\n"u8) >= 0;

    private static bool BeginsArray(ReadOnlySpan<byte> begin) => begin.TrimStart("\uFEFF \t\r\n"u8) is [(byte)'[', ..];
}
