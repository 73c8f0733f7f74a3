using System.Buffers;
using System.Buffers.Binary;
using System.Collections;
using System.Security.Cryptography;
using System.Text;

namespace Cerise.Data.Datasets;

/// <summary>Divides rows into training and validation by what they hold, not by where they stand.</summary>
/// <remarks>
/// A row's side depends on its content and the salt alone: adding, removing or reordering others moves no row, and equal rows never fall on both
/// sides.
/// </remarks>
public static class HashSplit
{
    /// <summary>Divides a list, each part in the list's order.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="validationFraction">Share of rows to expect in validation, in [0, 1].</param>
    /// <param name="salt">Another salt gives another division. Default empty.</param>
    /// <param name="columns">The columns that decide, so that rows with an equal prompt stay together; all when empty.</param>
    /// <exception cref="DatasetException">A row lacks one of the columns.</exception>
    public static (IReadOnlyList<Row> Train, IReadOnlyList<Row> Validation) Split(
        IReadOnlyList<Row> rows, double validationFraction, string salt = "", params string[] columns)
        => Split(rows, validationFraction, _ => columns, salt);

    /// <summary>Divides a list of rows for which different columns decide.</summary>
    /// <param name="rows">All rows.</param>
    /// <param name="validationFraction">Share of rows to expect in validation, in [0, 1].</param>
    /// <param name="columns">The columns of a row that decide, so that rows that are equal there stay together; all when empty.</param>
    /// <param name="salt">Another salt gives another division. Default empty.</param>
    /// <exception cref="DatasetException">A row lacks one of its columns.</exception>
    public static (IReadOnlyList<Row> Train, IReadOnlyList<Row> Validation) Split(
        IReadOnlyList<Row> rows, double validationFraction, Func<Row, string[]> columns, string salt = "")
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(columns);
        List<int> train = [], validation = [];
        for (int i = 0; i < rows.Count; i++)
            (IsValidation(rows[i], validationFraction, salt, columns(rows[i])) ? validation : train).Add(i);
        return (new Part(rows, train), new Part(rows, validation));
    }

    /// <summary>Whether a row belongs to validation; parameters as for <see cref="Split(IReadOnlyList{Row}, double, string, string[])"/>.</summary>
    /// <exception cref="DatasetException">The row lacks one of the columns.</exception>
    public static bool IsValidation(Row row, double validationFraction, string salt = "", params string[] columns)
    {
        ArgumentNullException.ThrowIfNull(row);
        if (!(validationFraction is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(validationFraction), validationFraction, "a share in [0, 1] is expected");
        var content = new ArrayBufferWriter<byte>();
        content.Write(Encoding.UTF8.GetBytes(salt + "\n"));
        JsonText.WriteObject(content, (columns is { Length: > 0 } ? columns : row.Columns).Select(column => (column, row[column])));
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content.WrittenSpan, hash);
        return (BinaryPrimitives.ReadUInt64BigEndian(hash) >> 11) * (1.0 / (1UL << 53)) < validationFraction;
    }

    private sealed class Part(IReadOnlyList<Row> rows, List<int> indices) : IReadOnlyList<Row>
    {
        public int Count => indices.Count;

        public Row this[int index] => rows[indices[index]];

        public IEnumerator<Row> GetEnumerator() => indices.Select(index => rows[index]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
