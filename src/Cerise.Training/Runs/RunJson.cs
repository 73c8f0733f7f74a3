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
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
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
            using FileStream stream = PlainFile.OpenRead(path);
            using var document = JsonDocument.Parse(stream);
            RequireItems(document.RootElement);
            return document.Deserialize<T>(Options) ?? throw new JsonException("it is null");
        }
        catch (Exception error) when (error is JsonException or NotSupportedException or InvalidOperationException || RunException.IsFileError(error))
        {
            throw RunException.Damaged(path, error);
        }
    }

    /// <summary>No list of a run's files holds null, which the types of its items do not say.</summary>
    private static void RequireItems(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Array)
            foreach (JsonElement item in value.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Null)
                    throw new JsonException("a list holds null");
                RequireItems(item);
            }
        else if (value.ValueKind == JsonValueKind.Object)
            foreach (JsonProperty property in value.EnumerateObject())
                RequireItems(property.Value);
    }
}
