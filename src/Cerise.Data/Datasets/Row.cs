using System.Text.Json;

namespace Cerise.Data.Datasets;

/// <summary>One row of a dataset: values by column, and the place it came from, for messages. Immutable.</summary>
public sealed class Row
{
    private readonly JsonElement _values;
    private readonly ColumnMap _map;

    private Row(JsonElement values, string file, long line, ColumnMap map, bool isUntyped = false, long number = 0)
    {
        Number = number;
        _values = values;
        File = file;
        Line = line;
        _map = map;
        IsUntyped = isUntyped;
    }

    /// <summary>The file it was read from, <c>-</c> for standard input.</summary>
    public string File { get; }

    /// <summary>Its line in the file, from 1.</summary>
    public long Line { get; }

    /// <summary>Its number in a JSON array, from 1, where many rows may stand on one line; 0 in files of other formats.</summary>
    public long Number { get; }

    /// <summary>Where it stands, for messages: file and line, in a JSON array its number too.</summary>
    public string Place => Number > 0 ? FormattableString.Invariant($"{File}:{Line} (row {Number})") : FormattableString.Invariant($"{File}:{Line}");

    /// <summary>Names of its columns, in the file's order, as mapped.</summary>
    public IEnumerable<string> Columns => _map.Targets(_values.EnumerateObject().Select(property => property.Name));

    /// <summary>The value of a column, which may be JSON's null.</summary>
    /// <exception cref="DatasetException">There is no such column.</exception>
    public JsonElement this[string column] => TryGet(column, out JsonElement value) ? value : throw Missing(column);

    /// <summary>Whether all values are texts because the file knows no others, as CSV; numbers and truth values are then read from text.</summary>
    internal bool IsUntyped { get; }

    internal string ColumnList => string.Join(", ", Columns.Take(20).Select(name => $"'{name}'")) is { Length: > 0 } list ? list : "(none)";

    /// <summary>Reads a row from JSON text.</summary>
    /// <param name="json">One JSON object in UTF-8.</param>
    /// <param name="file">What messages call the source.</param>
    /// <param name="line">Its line, from 1.</param>
    /// <param name="map">Other names for its columns; none when null.</param>
    /// <exception cref="DatasetException">Not valid UTF-8 or JSON, not an object, or a key is there twice.</exception>
    public static Row Parse(ReadOnlySpan<byte> json, string file, long line = 1, ColumnMap? map = null)
        => new(RowJson.Parse(json, file, line), file, line, map ?? ColumnMap.None);

    /// <summary>A row made in code; columns in the given order.</summary>
    /// <param name="values">Strings, numbers, booleans, nulls, and lists or dictionaries of them.</param>
    public static Row From(params (string Column, object? Value)[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        var columns = new Dictionary<string, object?>();
        foreach ((string column, object? value) in values)
            columns.Add(column, value);
        return new Row(JsonSerializer.SerializeToElement(columns), "(in memory)", 1, ColumnMap.None);
    }

    /// <summary>A row of an object that is parsed already.</summary>
    internal static Row FromJson(JsonElement values, string file, long line, ColumnMap map, long number) => new(values, file, line, map, number: number);

    /// <summary>A row of cells; null for an empty cell.</summary>
    internal static Row FromCells(IReadOnlyList<string> columns, IReadOnlyList<string?> cells, string file, long line, ColumnMap map)
    {
        var values = new Dictionary<string, string?>();
        for (int i = 0; i < columns.Count; i++)
            values.Add(columns[i], cells[i]);
        return new Row(JsonSerializer.SerializeToElement(values), file, line, map, isUntyped: true);
    }

    /// <summary>Whether a column is there with another value than null.</summary>
    public bool Has(string column) => TryGet(column, out JsonElement value) && value.ValueKind != JsonValueKind.Null;

    /// <summary>Finds the value of a column, which may be JSON's null.</summary>
    public bool TryGet(string column, out JsonElement value)
    {
        value = default;
        return _map.SourceOf(column) is string source && _values.TryGetProperty(source, out value);
    }

    /// <summary>The text of a column.</summary>
    /// <exception cref="DatasetException">No such column, or its value is no string.</exception>
    public string GetString(string column)
        => this[column] is { ValueKind: JsonValueKind.String } value ? value.GetString()! : throw Mistyped(column, "a string");

    /// <summary>The text of a column; null when the column is missing or null.</summary>
    /// <exception cref="DatasetException">Its value is no string.</exception>
    public string? GetOptionalString(string column) => Has(column) ? GetString(column) : null;

    /// <summary>The whole number in a column.</summary>
    /// <exception cref="DatasetException">No such column, or its value is no whole number of 64 bits.</exception>
    public long GetInt64(string column)
        => Typed(column) is { ValueKind: JsonValueKind.Number } value && value.TryGetInt64(out long number)
            ? number
            : throw Mistyped(column, "a whole number");

    /// <summary>The number in a column.</summary>
    /// <exception cref="DatasetException">No such column, or its value is no number.</exception>
    public double GetDouble(string column)
        => Typed(column) is { ValueKind: JsonValueKind.Number } value && value.TryGetDouble(out double number) && double.IsFinite(number)
            ? number
            : throw Mistyped(column, "a number");

    /// <summary>True or false in a column; 1 and 0 count too, as many exports write labels.</summary>
    /// <exception cref="DatasetException">No such column, or another value.</exception>
    public bool GetBool(string column)
    {
        JsonElement value = Typed(column);
        return value.ValueKind switch
        {
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            JsonValueKind.Number when value.TryGetInt64(out long number) && number is 0 or 1 => value.GetInt64() == 1,
            _ => throw Mistyped(column, "true or false"),
        };
    }

    /// <summary>The same row with other names for its columns, in place of those it had.</summary>
    public Row WithColumns(ColumnMap map) => new(_values, File, Line, map, IsUntyped, Number);

    /// <summary>A fault of this row.</summary>
    /// <param name="problem">What is wrong and how to fix it, in full sentences.</param>
    public DatasetException Fault(string problem) => new(File, Line, 0, problem, number: Number);

    /// <summary>A fault in one column of this row.</summary>
    /// <param name="column">The column at fault.</param>
    /// <param name="problem">Completes the sentence "column 'name' ...".</param>
    public DatasetException Fault(string column, string problem)
    {
        string? source = _map.SourceOf(column);
        string name = source is null || source == column ? $"column '{column}'" : $"column '{column}' (mapped from '{source}')";
        return Fault($"{name} {problem}.");
    }

    /// <summary>The value of a column; in an untyped file the number or truth value that its text spells.</summary>
    private JsonElement Typed(string column)
    {
        JsonElement value = this[column];
        if (!IsUntyped || value.ValueKind != JsonValueKind.String)
            return value;
        string text = value.GetString()!.Trim();
        try
        {
            JsonElement typed = JsonElement.Parse(text is "True" or "False" or "TRUE" or "FALSE" ? text.ToLowerInvariant() : text);
            return typed.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False ? typed : value;
        }
        catch (JsonException)
        {
            return value;
        }
    }

    private DatasetException Missing(string column)
        => Fault(column, $"is missing; the row has {ColumnList}. Rename the file's column, or map it to this name");

    private DatasetException Mistyped(string column, string expected)
    {
        JsonElement value = this[column];
        string found = value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a string",
            _ => value.GetRawText()[..Math.Min(40, value.GetRawText().Length)],
        };
        return Fault(column, $"is {found}; {expected} is expected");
    }
}
