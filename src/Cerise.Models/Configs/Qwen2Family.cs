using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Qwen2 and Qwen2.5 (arXiv:2407.10671, arXiv:2412.15115): Llama's architecture with a bias in query, key and value projections.</summary>
internal sealed class Qwen2Family : IModelFamily
{
    private const int DefaultMaxPositions = 32_768;

    public string ModelType => "qwen2";

    public string Architecture => "Qwen2ForCausalLM";

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        new("use_sliding_window", _ => false),
    ];

    public ModelConfig Read(JsonFields fields)
    {
        if (fields.OptionalBool("use_sliding_window") ?? false)
            throw fields.Fault("use_sliding_window",
                "is true; attention over a window is not supported. Set it to false to attend to the whole context");
        if (fields.Strings("layer_types").FirstOrDefault(type => type != "full_attention") is string other)
            throw fields.Fault("layer_types", $"has {CheckpointException.Quote(other)}; only 'full_attention' is supported");
        return WithDefaults(DecoderKeys.Read(fields, ModelType, DefaultMaxPositions));
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (!config.QkvBias || config.AttentionOutputBias || config.MlpBias)
            yield return "The qwen2 family has a bias in query, key and value projections and nowhere else; set QkvBias alone, or use llama.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config with { QkvBias = true };

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, LlamaDesign.Layer);
}
