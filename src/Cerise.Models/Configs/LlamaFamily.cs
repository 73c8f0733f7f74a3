using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Llama 1 to 3 and the many models of the same architecture (Touvron et al. 2023, arXiv:2302.13971).</summary>
internal sealed class LlamaFamily : IModelFamily
{
    public string ModelType => "llama";

    public string Architecture => "LlamaForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.All,
        new("attention_bias", config => config.QkvBias),
        new("mlp_bias", config => config.MlpBias),
    ];

    public ModelConfig Read(JsonFields fields)
    {
        bool attentionBias = fields.OptionalBool("attention_bias") ?? false;
        return DecoderKeys.Read(fields, ModelType, new() { MaxPositions = 2048 }) with
        {
            QkvBias = attentionBias,
            AttentionOutputBias = attentionBias,
            MlpBias = fields.OptionalBool("mlp_bias") ?? false,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (config.QkvBias != config.AttentionOutputBias)
            yield return "The llama family has a bias in all four attention projections or in none ('attention_bias'); qwen2 has it in three.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => config;

    public DecoderDesign Design(ModelConfig config) => LlamaDesign.Decoder(config, LlamaDesign.Layer);
}
