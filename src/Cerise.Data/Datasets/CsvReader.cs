using System.Globalization;
using System.Text;

namespace Cerise.Data.Datasets;

/// <summary>Reads a file of separated cells with a header, a row at a time.</summary>
/// <remarks>All values are texts; columns read as numbers, truth values or lists of messages are taken from their text.</remarks>
internal static class CsvReader
{
    private const int MostColumns = 10_000;
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static IEnumerable<Row> Rows(Stream stream, string file, ReadOptions options)
    {
        using var text = new StreamReader(stream, Utf8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        var records = new CsvRecords(text, file, options.MaxRowBytes);
        records.Separator = SeparatorOf(records.PeekLine());
        List<string?> cells = [];
        if (!records.Next(cells, MostColumns))
            yield break;
        string[] columns = Header(cells, file, records.Line);
        while (records.Next(cells, columns.Length))
        {
            if (cells.Count < columns.Length)
            {
                throw new DatasetException(file, records.Line, 0, string.Create(CultureInfo.InvariantCulture,
                    $"has {cells.Count} cells, the header {columns.Length}. Are line breaks in a cell not quoted?"));
            }
            yield return Row.FromCells(columns, cells, file, records.Line, options.Columns);
        }
    }

    /// <summary>The separator that the header has most of; a comma where it has none.</summary>
    private static char SeparatorOf(ReadOnlySpan<char> header)
    {
        char best = ',';
        foreach (char separator in ";\t")
            if (header.Count(separator) > header.Count(best))
                best = separator;
        return best;
    }

    private static string[] Header(List<string?> cells, string file, long line)
    {
        // A column without a name is what exports of tables with an index begin with.
        string[] columns = [.. cells.Select((name, i) => string.IsNullOrWhiteSpace(name) ? string.Create(CultureInfo.InvariantCulture, $"unnamed_{i + 1}") : name)];
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (string column in columns)
            if (!seen.Add(column))
                throw new DatasetException(file, line, 0, $"is a header with the column '{column}' twice. Rename one of them.");
        return columns;
    }
}
