using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>SmolLM3 (huggingface.co/blog/smollm3): Llama's architecture, of which every fourth layer does not rotate queries and keys (NoPE, Yang et al. 2025, arXiv:2501.18795).</summary>
internal sealed class SmolLm3Family : IModelFamily
{
    public string ModelType => "smollm3";

    public string Architecture => "SmolLM3ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        new("attention_bias", config => config.QkvBias),
        new("mlp_bias", config => config.MlpBias),
        new("no_rope_layers", config => config.NoRopeLayers is null ? null : new JsonArray([.. config.NoRopeLayers.Select(layer => (JsonNode)layer)])),
        new("no_rope_layer_interval", config => config.NoRopeLayerInterval),
        new("use_sliding_window", config => config.SlidingWindow > 0),
        new("sliding_window", config => config.SlidingWindow == 0 ? null : config.SlidingWindow),
        LayerTypes.WhereGiven,
    ];

    public ModelConfig Read(JsonFields fields)
    {
        bool attentionBias = fields.OptionalBool("attention_bias") ?? false;
        ModelConfig config = DecoderKeys.Read(fields, ModelType, new() { MaxPositions = 32_768, KeyValueHeads = 4, RopeTheta = 2_000_000, TieWordEmbeddings = true });
        IReadOnlyList<bool>? windowed = LayerTypes.Read(fields, config.NumHiddenLayers);
        bool usesWindow = fields.OptionalBool("use_sliding_window") ?? false;
        return config with
        {
            SlidingWindow = usesWindow ? fields.OptionalInt("sliding_window", 1, int.MaxValue) ?? 0 : 0,
            WindowedLayers = usesWindow ? windowed : null,
            QkvBias = attentionBias,
            AttentionOutputBias = attentionBias,
            MlpBias = fields.OptionalBool("mlp_bias") ?? false,
            NoRopeLayers = fields.OptionalInts("no_rope_layers", 0, 1),
            NoRopeLayerInterval = fields.OptionalInt("no_rope_layer_interval", 1, int.MaxValue) ?? 4,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias != config.AttentionOutputBias)
            yield return "The smollm3 family has a bias in all four attention projections or in none ('attention_bias').";
        if (config.NoRopeLayers is { Count: int count } && count < config.NumHiddenLayers)
            yield return $"'no_rope_layers' has {count} numbers for {config.NumHiddenLayers} layers; one for each is expected.";
        if (config.NoRopeLayerInterval < 1)
            yield return $"'no_rope_layer_interval' is {config.NoRopeLayerInterval}; at least 1 is expected.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config;

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, Layer);

    private static LayerDesign Layer(ModelConfig config, int index)
    {
        LayerDesign layer = LlamaDesign.Layer(config, index);
        // Where there is a window, it is for the layers without rotary positions, unless the config lists others.
        int window = LayerTypes.Window(config, index, (all, at) => !Rotates(all, at));
        return layer with
        {
            Attention = layer.Attention with
            {
                Rotary = Rotates(config, index) ? layer.Attention.Rotary : null,
                Settings = layer.Attention.Settings with { Window = window },
            },
        };
    }

    private static bool Rotates(ModelConfig config, int index) => config.NoRopeLayers is { } layers ? layers[index] != 0 : (index + 1) % config.NoRopeLayerInterval != 0;
}
