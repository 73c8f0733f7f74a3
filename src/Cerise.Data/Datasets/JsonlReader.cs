namespace Cerise.Data.Datasets;

/// <summary>Reads JSON lines one after the other, plain or gzip-compressed, in constant memory.</summary>
/// <remarks>
/// Strict: UTF-8 (a byte order mark is tolerated), one JSON object a line, no key twice. Empty lines are skipped. Rows come as they are read, so that
/// a fault shows when its line is reached.
/// </remarks>
public static class JsonlReader
{
    /// <summary>Reads a file; a gzip file is told by its first bytes and unpacked on the way.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Defaults when null.</param>
    /// <returns>The rows, read as they are asked for; the file is closed with the enumerator.</returns>
    /// <exception cref="DatasetException">While enumerating: the file cannot be read, is cut short, or a line is not valid.</exception>
    public static IEnumerable<Row> Read(string path, ReadOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return ReadFile(path, options ?? new ReadOptions());
    }

    /// <summary>Reads a stream, such as standard input; not unpacked.</summary>
    /// <param name="stream">UTF-8 text; left open.</param>
    /// <param name="name">What messages call it, such as <c>-</c>.</param>
    /// <param name="options">Defaults when null.</param>
    /// <returns>The rows, read as they are asked for.</returns>
    /// <exception cref="DatasetException">While enumerating: the stream cannot be read, or a line is not valid.</exception>
    public static IEnumerable<Row> Read(Stream stream, string name = "-", ReadOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        options ??= new ReadOptions();
        return Rows(new JsonlLines(stream, name, options, isPlain: false), name, options);
    }

    private static IEnumerable<Row> ReadFile(string path, ReadOptions options)
    {
        using var lines = JsonlLines.Open(path, options);
        foreach (Row row in Rows(lines, path, options))
            yield return row;
    }

    private static IEnumerable<Row> Rows(JsonlLines lines, string name, ReadOptions options)
    {
        while (lines.Next())
            yield return Row.Parse(lines.Current, name, lines.Number, options.Columns);
    }
}
