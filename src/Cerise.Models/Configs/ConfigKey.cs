using System.Text.Json.Nodes;

namespace Cerise.Models.Configs;

/// <summary>How one setting is written into a configuration file.</summary>
/// <param name="Write">Sets the setting's key or keys in the file's root.</param>
internal sealed record ConfigKey<T>(Action<JsonObject, T> Write)
{
    /// <summary>A setting of one key; a null removes the key.</summary>
    public ConfigKey(string name, Func<T, JsonNode?> value)
        : this((root, config) =>
        {
            if (value(config) is JsonNode node)
                root[name] = node;
            else
                root.Remove(name);
        })
    {
    }
}
