using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Cerise.Data.Datasets;

/// <summary>Parses one line strictly; every fault names file, line and column.</summary>
internal static class RowJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    /// <summary>Parses a row that stands on a line of its own.</summary>
    public static JsonElement Parse(ReadOnlySpan<byte> line, string file, long number)
        => Parse(line, file, number, isWholeLine: true, line.TrimStart(" \t"u8).StartsWith("["u8) && number == 1
            ? "This looks like a JSON array; JSON lines are wanted, one object a line ('jq -c .[]' converts)."
            : "Correct or remove the line; an object may not go over several lines.");

    /// <summary>Parses a row that may go over several lines.</summary>
    /// <param name="row">One JSON value.</param>
    /// <param name="file">What messages call the source.</param>
    /// <param name="number">The line on which it begins, from 1.</param>
    /// <param name="isWholeLine">Whether nothing stands before it on that line, so that columns can be told.</param>
    /// <param name="hint">Ends messages: what to do.</param>
    public static JsonElement Parse(ReadOnlySpan<byte> row, string file, long number, bool isWholeLine, string hint)
    {
        if (!Utf8.IsValid(row))
            throw Fault(row, ValidPrefix(row), file, number, isWholeLine, "is not valid UTF-8. Save the file as UTF-8.", null);
        JsonElement value;
        try
        {
            value = JsonElement.Parse(row, Strict);
            if (row.IndexOf("\\ud"u8) >= 0 || row.IndexOf("\\uD"u8) >= 0)
                RequireText(value);
        }
        catch (JsonException error)
        {
            throw Fault(row, OffsetOf(row, error), file, number, isWholeLine, $"is not valid JSON. {MessageText.Reason(error)} {hint}", error);
        }
        catch (InvalidOperationException error)
        {
            throw new DatasetException(file, number, 0, "holds half of a surrogate pair (\\ud800 to \\udfff), which is no text. Remove it.", error);
        }
        return value.ValueKind == JsonValueKind.Object
            ? value
            : throw new DatasetException(file, number, 1,
                $"is a JSON {value.ValueKind.ToString().ToLowerInvariant()}; every line has to be an object. {hint}");
    }

    /// <summary>A fault at a byte; -1 for the whole row. The place is that of the character which begins at the byte or contains it.</summary>
    private static DatasetException Fault(ReadOnlySpan<byte> row, int offset, string file, long number, bool isWholeLine, string problem, Exception? error)
    {
        if (offset < 0)
            return new DatasetException(file, number, 0, problem, error);
        ReadOnlySpan<byte> before = row[..offset];
        int start = before.LastIndexOf((byte)'\n') + 1;
        int column = start > 0 || isWholeLine ? Encoding.UTF8.GetCharCount(before[start..]) + 1 : 0;
        return new DatasetException(file, number + before.Count((byte)'\n'), column, problem, error);
    }

    /// <summary>Bytes before the parser's place, which it gives by line; -1 where it gives none.</summary>
    private static int OffsetOf(ReadOnlySpan<byte> row, JsonException error)
    {
        if (error.BytePositionInLine is not { } inLine)
            return -1;
        int start = 0;
        for (long lines = error.LineNumber ?? 0; lines > 0; lines--)
            start += row[start..].IndexOf((byte)'\n') + 1;
        return (int)Math.Min(start + inLine, row.Length);
    }

    private static int ValidPrefix(ReadOnlySpan<byte> line)
    {
        int offset = 0;
        while (Rune.DecodeFromUtf8(line[offset..], out _, out int length) == OperationStatus.Done)
            offset += length;
        return offset;
    }

    /// <summary>Decodes every name and string once, so that an escape of half a surrogate pair is found here and not at some later use.</summary>
    private static void RequireText(JsonElement element)
    {
        if (element.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty property in element.EnumerateObject())
            {
                _ = property.Name;
                RequireText(property.Value);
            }
        else if (element.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in element.EnumerateArray())
                RequireText(item);
        else if (element.ValueKind == JsonValueKind.String)
            _ = element.GetString();
    }
}
