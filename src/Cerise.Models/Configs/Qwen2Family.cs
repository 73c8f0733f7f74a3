using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Qwen2 and Qwen2.5 (arXiv:2407.10671, arXiv:2412.15115): Llama's architecture with a bias in query, key and value projections.</summary>
internal sealed class Qwen2Family : IModelFamily
{
    public string ModelType => "qwen2";

    public string Architecture => "Qwen2ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        .. QwenWindows.Keys,
    ];

    public ModelConfig Read(JsonFields fields) => QwenWindows.Read(fields, WithDefaults(DecoderKeys.Read(fields, ModelType, new() { MaxPositions = 32_768, KeyValueHeads = 32 })));

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (!config.QkvBias || config.AttentionOutputBias || config.MlpBias)
            yield return "The qwen2 family has a bias in query, key and value projections and nowhere else; set QkvBias alone, or use llama.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config with { QkvBias = true };

    public DecoderDesign Design(ModelConfig config) =>
        LlamaDesign.Decoder(config, (all, index) => QwenWindows.Layer(all, index, LlamaDesign.Layer(all, index)));
}
