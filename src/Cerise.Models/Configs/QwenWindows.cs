using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Windows as Qwen2 and Qwen3 spell them: switched on by a key of its own, and from some layer on.</summary>
internal static class QwenWindows
{
    private const int DefaultWindow = 4096;

    /// <summary>The keys, as they are written.</summary>
    public static IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        new("use_sliding_window", config => config.SlidingWindow > 0),
        new("sliding_window", config => config.SlidingWindow == 0 ? null : config.SlidingWindow),
        new("max_window_layers", config => config.SlidingWindow == 0 ? null : config.MaxWindowLayers),
        LayerTypes.WhereGiven,
    ];

    /// <summary>A config with its windows; one that does not switch them on has none, whatever else it says.</summary>
    public static ModelConfig Read(JsonFields fields, ModelConfig config)
    {
        IReadOnlyList<bool>? windowed = LayerTypes.Read(fields, config.NumHiddenLayers);
        if (!(fields.OptionalBool("use_sliding_window") ?? false))
            return config;
        return config with
        {
            // Missing and null differ: a missing window is the default, null is none.
            SlidingWindow = fields.OrElse($"{{\"sliding_window\": {DefaultWindow}}}").OptionalInt("sliding_window", 1, int.MaxValue) ?? 0,
            MaxWindowLayers = fields.OptionalInt("max_window_layers", 0, int.MaxValue) ?? config.MaxWindowLayers,
            WindowedLayers = windowed,
        };
    }

    /// <summary>A layer with its window.</summary>
    public static LayerDesign Layer(ModelConfig config, int index, LayerDesign layer) => layer with
    {
        Attention = layer.Attention with
        {
            Settings = layer.Attention.Settings with { Window = LayerTypes.Window(config, index, (all, at) => at >= all.MaxWindowLayers) },
        },
    };
}
