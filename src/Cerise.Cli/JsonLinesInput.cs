using System.Text;
using Cerise.Data.Datasets;

namespace Cerise.Cli;

/// <summary>The rows of <c>--input FILE.jsonl</c>, where <c>-</c> is standard input.</summary>
internal static class JsonLinesInput
{
    /// <summary>What stands for standard input.</summary>
    public const string Standard = "-";

    /// <summary>Reads rows one at a time, looking for Ctrl-C between them.</summary>
    /// <param name="path">A file, plain or gzip-compressed, or <c>-</c>.</param>
    /// <param name="terminal">Standard input, and Ctrl-C.</param>
    /// <exception cref="DatasetException">While enumerating: names file and line.</exception>
    public static IEnumerable<Row> Read(string path, Terminal terminal)
    {
        IEnumerable<Row> rows = path == Standard ? JsonlReader.Read(Bytes(terminal.Input)) : JsonlReader.Read(path);
        foreach (Row row in rows)
        {
            terminal.Cancellation.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    /// <summary>Reads rows of any known format one at a time, looking for Ctrl-C between them.</summary>
    /// <param name="path">A file, plain or gzip-compressed, or <c>-</c>.</param>
    /// <param name="terminal">Standard input, and Ctrl-C.</param>
    /// <param name="columns">Other names for its columns.</param>
    /// <exception cref="DatasetException">While enumerating: names file and line.</exception>
    public static IEnumerable<Row> ReadRows(string path, Terminal terminal, ColumnMap columns)
    {
        var options = new ReadOptions { Columns = columns };
        IEnumerable<Row> rows = path == Standard ? DatasetReader.Read(Bytes(terminal.Input), options: options) : DatasetReader.Read(path, options);
        foreach (Row row in rows)
        {
            terminal.Cancellation.ThrowIfCancellationRequested();
            yield return row;
        }
    }

    // Standard input itself is read as bytes, so that what is not UTF-8 is found; any other reader holds text already.
    private static Stream Bytes(TextReader input) =>
        input is StreamReader reader ? reader.BaseStream : new MemoryStream(Encoding.UTF8.GetBytes(input.ReadToEnd()));
}
