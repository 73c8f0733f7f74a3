using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cerise.Training.Runs;

/// <summary>How the JSON files of a run are written: snake_case names, indented, text readable, not-a-number and infinities as text.</summary>
internal static class RunJson
{
    /// <summary>The settings of every JSON file of a run.</summary>
    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        WriteIndented = true,
        NewLine = "\n",
    };

    /// <summary>Writes a value whole or not at all.</summary>
    public static void Write<T>(string path, T value, Action<string>? beforeStep = null) => AtomicFile.Write(path, stream =>
    {
        JsonSerializer.Serialize(stream, value, Options);
        stream.WriteByte((byte)'\n');
    }, beforeStep);

    /// <summary>Reads a value, or null when there is no file.</summary>
    /// <exception cref="RunException">The file is damaged or cannot be read.</exception>
    public static T? Read<T>(string path)
        where T : class
    {
        if (!File.Exists(path))
            return null;
        try
        {
            using FileStream stream = File.OpenRead(path);
            return JsonSerializer.Deserialize<T>(stream, Options) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException || RunException.IsFileError(error))
        {
            throw new RunException(
                $"{path}: cannot be read: {error.Message.TrimEnd('.')}. Was it edited? Restore it, or start another run with --out.", error);
        }
    }
}
