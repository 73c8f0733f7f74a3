using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace Cerise.Data.Datasets;

/// <summary>Parses one line strictly; every fault names file, line and column.</summary>
internal static class RowJson
{
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    public static JsonElement Parse(ReadOnlySpan<byte> line, string file, long number)
    {
        if (!Utf8.IsValid(line))
            throw new DatasetException(file, number, ColumnAt(line, ValidPrefix(line)), "is not valid UTF-8. Save the file as UTF-8.");
        JsonElement row;
        try
        {
            row = JsonElement.Parse(line, Strict);
            if (line.IndexOf("\\ud"u8) >= 0 || line.IndexOf("\\uD"u8) >= 0)
                RequireText(row);
        }
        catch (JsonException error)
        {
            int at = (int)Math.Min(error.BytePositionInLine ?? 0, line.Length);
            throw new DatasetException(file, number, error.BytePositionInLine is null ? 0 : ColumnAt(line, at), Explain(line, number, error), error);
        }
        catch (InvalidOperationException error)
        {
            throw new DatasetException(file, number, 0, "holds half of a surrogate pair (\\ud800 to \\udfff), which is no text. Remove it.", error);
        }
        return row.ValueKind == JsonValueKind.Object
            ? row
            : throw new DatasetException(file, number, 1,
                $"is a JSON {row.ValueKind.ToString().ToLowerInvariant()}; every line has to be an object. {Hint(line, number)}");
    }

    /// <summary>The number, from 1, of the character that begins at or contains a byte.</summary>
    private static int ColumnAt(ReadOnlySpan<byte> line, int offset) => Encoding.UTF8.GetCharCount(line[..offset]) + 1;

    private static int ValidPrefix(ReadOnlySpan<byte> line)
    {
        int offset = 0;
        while (Rune.DecodeFromUtf8(line[offset..], out _, out int length) == OperationStatus.Done)
            offset += length;
        return offset;
    }

    private static string Explain(ReadOnlySpan<byte> line, long number, JsonException error)
    {
        // The parser's own place counts from 0 within this line; ours stands before the message.
        string reason = error.Message;
        int place = reason.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return $"is not valid JSON. {(place < 0 ? reason : reason[..place])} {Hint(line, number)}";
    }

    private static string Hint(ReadOnlySpan<byte> line, long number)
        => number == 1 && line.TrimStart(" \t"u8).StartsWith("["u8)
            ? "This looks like a JSON array; JSON lines are wanted, one object a line ('jq -c .[]' converts)."
            : "Correct or remove the line; an object may not go over several lines.";

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
