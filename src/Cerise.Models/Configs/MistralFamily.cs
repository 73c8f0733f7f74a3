using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Mistral (arXiv:2310.06825): Llama's architecture, in which a query may see only the last keys.</summary>
internal sealed class MistralFamily : IModelFamily
{
    // What transformers takes for keys that a file leaves out.
    private const string Missing = """{"sliding_window": 4096}""";

    public string ModelType => "mistral";

    public string Architecture => "MistralForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        // Written even where there is none: a missing key is a window of 4096.
        new((root, config) => root["sliding_window"] = config.SlidingWindow == 0 ? null : config.SlidingWindow),
    ];

    public ModelConfig Read(JsonFields fields)
    {
        fields = fields.OrElse(Missing);
        return DecoderKeys.Read(fields, ModelType, new() { MaxPositions = 131_072, KeyValueHeads = 8 }) with { SlidingWindow = fields.OptionalInt("sliding_window", 1, int.MaxValue) ?? 0 };
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias || config.AttentionOutputBias || config.MlpBias)
            yield return "The mistral family has no biases; use llama.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config;

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, LlamaDesign.Layer);
}
