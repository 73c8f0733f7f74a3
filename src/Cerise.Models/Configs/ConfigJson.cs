using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Cerise.Models.Configs;

/// <summary>Writes configurations: a loaded one with unknown keys and in its order, a fresh one with sorted keys, as transformers does.</summary>
internal static class ConfigJson
{
    private static readonly JsonSerializerOptions Layout = new()
    {
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,             // the file is read by people, never part of a web page
    };

    /// <summary>The file of a model folder, or the path itself when it names a JSON file.</summary>
    public static string PathOf(string path, string fileName)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) && !Directory.Exists(path) ? path : Path.Combine(path, fileName);
    }

    /// <summary>The text of a file without its byte order mark.</summary>
    public static string Decode(ReadOnlySpan<byte> json) => Encoding.UTF8.GetString(json).TrimStart('\uFEFF');

    /// <summary>The file's text; where nothing changed, the very text that was read.</summary>
    /// <param name="source">The text the configuration was read from; null for a fresh one.</param>
    /// <param name="value">What to write.</param>
    /// <param name="original">What <paramref name="source"/> says; null for a fresh one.</param>
    /// <param name="keys">How each setting is written.</param>
    public static string Write<T>(string? source, T value, T? original, IReadOnlyList<ConfigKey<T>> keys)
        where T : class
    {
        JsonObject root = source is null ? [] : JsonNode.Parse(source)!.AsObject();
        bool changed = source is null;
        foreach (ConfigKey<T> key in keys)
        {
            if (original is not null && Same(key, value, original))
                continue;
            key.Write(root, value);
            changed = true;
        }
        if (!changed)
            return source!;
        return source is null ? Write(root) : root.ToJsonString(Layout) + "\n";
    }

    /// <summary>The text of a fresh file, its keys sorted.</summary>
    public static string Write(JsonObject root) => Sorted(root).ToJsonString(Layout) + "\n";

    /// <summary>One id as a number, several as a list, none as null.</summary>
    public static JsonNode? Ids(IReadOnlyList<int> ids) => ids.Count switch
    {
        0 => null,
        1 => ids[0],
        _ => new JsonArray([.. ids.Select(id => (JsonNode)id)]),
    };

    private static JsonObject Sorted(JsonObject root)
    {
        var sorted = new JsonObject();
        foreach ((string key, JsonNode? value) in root.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            sorted.Add(key, value?.DeepClone());
        return sorted;
    }

    private static bool Same<T>(ConfigKey<T> key, T value, T original)
    {
        JsonObject one = [], other = [];
        key.Write(one, value);
        key.Write(other, original);
        return JsonNode.DeepEquals(one, other);
    }
}
