using System.Text.Encodings.Web;
using System.Text.Json;
using Cerise.Training.Runs;

namespace Cerise.Training.Tasks;

/// <summary>Writes and reads files with one JSON object a line.</summary>
internal static class JsonLines
{
    // Tags stay readable: these files are data, never pasted into a web page.
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes rows; the file is whole or as it was before.</summary>
    public static void Write<T>(string path, IEnumerable<T> rows, Action<Utf8JsonWriter, T> write) => AtomicFile.Write(path, stream =>
    {
        using var json = new Utf8JsonWriter(stream, Options);
        foreach (T row in rows)
        {
            json.WriteStartObject();
            write(json, row);
            json.WriteEndObject();
            json.Flush();
            json.Reset();
            stream.WriteByte((byte)'\n');
        }
    });

    /// <summary>The rows with their line numbers, from 1; blank lines are left out.</summary>
    public static IEnumerable<(long Line, JsonElement Row)> Read(string path)
    {
        using StreamReader reader = Open(path);
        for (long line = 1; reader.ReadLine() is { } text; line++)
            if (!string.IsNullOrWhiteSpace(text))
                yield return (line, Parse(path, line, text));
    }

    /// <summary>The text of a JSON string, which may escape half of a surrogate pair although no text can hold that.</summary>
    public static string Text(string path, long line, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException error)
        {
            throw new TaskException($"{path}, line {line}: a text escapes half of a surrogate pair. Write the whole character.", error);
        }
    }

    private static StreamReader Open(string path)
    {
        try
        {
            PlainFile.RequireReadable(path);
            return new StreamReader(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new TaskException($"{path}: cannot be read: {error.Message}", error);
        }
    }

    private static JsonElement Parse(string path, long line, string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? document.RootElement.Clone()
                : throw new TaskException($"{path}, line {line}: is no JSON object. Write one object a line.");
        }
        catch (JsonException error)
        {
            throw new TaskException($"{path}, line {line}: is no JSON: {error.Message}", error);
        }
    }
}
