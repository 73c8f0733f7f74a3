using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Which layers attend within a window: the key <c>layer_types</c>, or a family's pattern.</summary>
internal static class LayerTypes
{
    private const string Key = "layer_types";
    private const string Windowed = "sliding_attention";
    private const string Full = "full_attention";

    /// <summary>For each layer whether it attends within the window; null where the key is missing.</summary>
    /// <exception cref="CheckpointException">A kind is unknown, or there is not one a layer.</exception>
    public static IReadOnlyList<bool>? Read(JsonFields fields, int layers)
    {
        if (!fields.Has(Key))
            return null;
        string[] kinds = fields.Strings(Key);
        if (kinds.FirstOrDefault(kind => kind is not (Windowed or Full)) is string other)
            throw fields.Fault(Key, $"has {CheckpointException.Quote(other)}; known are {Full}, {Windowed}");
        if (kinds.Length != layers)
            throw fields.Fault(Key, $"has {kinds.Length} entries for {layers} layers; one each is expected");
        return [.. kinds.Select(kind => kind == Windowed)];
    }

    /// <summary>The key, written where the config has a list of its own.</summary>
    public static ConfigKey<ModelConfig> WhereGiven { get; } = new(Key, config => config.WindowedLayers is { } windowed ? Names(windowed) : null);

    /// <summary>The key, always written.</summary>
    /// <param name="pattern">The family's, of a layer's index.</param>
    public static ConfigKey<ModelConfig> Always(Func<ModelConfig, int, bool> pattern) =>
        new(Key, config => Names(Enumerable.Range(0, config.NumHiddenLayers).Select(layer => IsWindowed(config, layer, pattern))));

    /// <summary>Whether a layer attends within the window.</summary>
    public static bool IsWindowed(ModelConfig config, int layer, Func<ModelConfig, int, bool> pattern) => config.WindowedLayers?[layer] ?? pattern(config, layer);

    /// <summary>The keys a query sees in a layer; 0 for all.</summary>
    public static int Window(ModelConfig config, int layer, Func<ModelConfig, int, bool> pattern) => IsWindowed(config, layer, pattern) ? config.SlidingWindow : 0;

    private static JsonArray Names(IEnumerable<bool> windowed) => new([.. windowed.Select(isWindowed => (JsonNode)(isWindowed ? Windowed : Full))]);
}
