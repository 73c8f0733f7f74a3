using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>
/// Gemma 2 (arXiv:2408.00118): norms before and after each part, attention within a window in every other layer, scores and logits under soft caps, GeGLU, a scaled
/// embedding that is the head too.
/// </summary>
internal sealed class Gemma2Family : IModelFamily
{
    // What transformers takes for keys that a file leaves out.
    private const string Missing = """
        {"vocab_size": 256000, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
         "query_pre_attn_scalar": 256, "sliding_window": 4096, "final_logit_softcapping": 30.0, "attn_logit_softcapping": 50.0,
         "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
        """;

    public string ModelType => "gemma2";

    public string Architecture => "Gemma2ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } = [.. GemmaKeys.All, LayerTypes.Always(IsWindowed)];

    public ModelConfig Read(JsonFields fields) => GemmaKeys.Read(fields.OrElse(Missing), ModelType, new() { MaxPositions = 8192, TieWordEmbeddings = true });

    public IEnumerable<string> Faults(ModelConfig config) => GemmaKeys.Faults(config);

    public ModelConfig WithDefaults(ModelConfig config) =>
        config with { HiddenActivation = Activation.GeluTanh, SlidingWindow = 4096, AttentionSoftCap = 50, LogitSoftCap = 30 };

    public DecoderDesign Design(ModelConfig config) =>
        GemmaDesign.Decoder(config, (all, index) => GemmaDesign.Layer(all, index, LayerTypes.Window(all, index, IsWindowed)));

    // Local and global layers take turns, a local one first.
    private static bool IsWindowed(ModelConfig config, int layer) => layer % 2 == 0;
}
