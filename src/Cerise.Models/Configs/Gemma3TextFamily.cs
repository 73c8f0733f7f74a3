using System.Text.Json.Nodes;
using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>
/// Gemma 3's language model (arXiv:2503.19786): Gemma 2's layers with an RMSNorm over each head of queries and keys in place of the caps; five layers within a window
/// for one that sees all, each kind with rotary positions of its own.
/// </summary>
internal sealed class Gemma3TextFamily : IModelFamily
{
    /// <summary>The family's name.</summary>
    public const string Name = "gemma3_text";

    private const string Local = "sliding_attention";
    private const double DefaultLocalTheta = 10_000;

    // What transformers takes for keys that a file leaves out: those of a part of another config leave out all that are as here.
    private const string Missing = """
        {"vocab_size": 262208, "hidden_size": 2304, "intermediate_size": 9216, "num_hidden_layers": 26, "num_attention_heads": 8, "num_key_value_heads": 4, "head_dim": 256,
         "query_pre_attn_scalar": 256, "sliding_window": 4096, "pad_token_id": 0, "eos_token_id": 1, "bos_token_id": 2}
        """;

    public string ModelType => Name;

    public string Architecture => "Gemma3ForCausalLM";

    public string Prefix => LlamaDesign.Prefix;

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. GemmaKeys.All,
        new("sliding_window_pattern", config => config.SlidingWindowPattern),
        LayerTypes.Always(IsWindowed),
        new(WriteRotary),
    ];

    public ModelConfig Read(JsonFields fields)
    {
        fields = fields.OrElse(Missing);
        if (fields.OptionalBool("use_bidirectional_attention") ?? false)
            throw fields.Fault("use_bidirectional_attention", "is true: an encoder; only models that predict the next token are supported");
        JsonFields? local = fields.OptionalObject("rope_parameters")?.OptionalObject(Local);
        if (local?.OptionalString("rope_type") is { } type && type != "default")
            throw local.Fault("rope_type", $"is {CheckpointException.Quote(type)}; layers within the window are not stretched");
        ModelConfig config = GemmaKeys.Read(fields, ModelType, new() { MaxPositions = 131_072, RopeTheta = 1_000_000, TieWordEmbeddings = true, RopeLayerType = "full_attention" });
        return config with
        {
            LocalRopeTheta = local?.OptionalDouble("rope_theta") ?? fields.OptionalDouble("rope_local_base_freq") ?? DefaultLocalTheta,
            SlidingWindowPattern = fields.OptionalInt("sliding_window_pattern", 1, int.MaxValue) ?? fields.OptionalInt("_sliding_window_pattern", 1, int.MaxValue)
                ?? config.SlidingWindowPattern,
        };
    }

    public IEnumerable<string> Faults(ModelConfig config) => GemmaKeys.Faults(config);

    public ModelConfig WithDefaults(ModelConfig config) =>
        config with { ModelType = Name, HiddenActivation = Activation.GeluTanh, SlidingWindow = 4096, RopeTheta = 1_000_000 };

    public DecoderDesign Design(ModelConfig config) => GemmaDesign.Decoder(config, Layer);

    private static LayerDesign Layer(ModelConfig config, int index)
    {
        TensorScope scope = LlamaDesign.Scope(config, index);
        bool isLocal = LayerTypes.IsWindowed(config, index, IsWindowed);
        LayerDesign layer = GemmaDesign.Layer(config, index, isLocal ? config.SlidingWindow : 0);
        return layer with
        {
            Attention = layer.Attention with
            {
                QueryNorm = scope.ShiftedRmsNorm("self_attn.q_norm", scope.Head) with { IsPerHead = true },
                KeyNorm = scope.ShiftedRmsNorm("self_attn.k_norm", scope.Head) with { IsPerHead = true },
                Rotary = isLocal ? LlamaDesign.Rotary(config) with { Theta = config.LocalRopeTheta, Scaling = null } : LlamaDesign.Rotary(config),
            },
        };
    }

    private static bool IsWindowed(ModelConfig config, int layer) => (layer + 1) % config.SlidingWindowPattern != 0;

    // In the newer spelling each kind of layer has an object of its own.
    private static void WriteRotary(JsonObject root, ModelConfig config)
    {
        RopeFields.Write(root, new(config.RopeTheta, config.RopeScaling, config.PartialRotaryFactor));
        if (root["rope_parameters"] is not JsonObject full)
        {
            root["rope_local_base_freq"] = config.LocalRopeTheta;
            return;
        }
        root.Remove("rope_local_base_freq");
        root["rope_parameters"] = new JsonObject
        {
            ["full_attention"] = full.DeepClone(),
            [Local] = new JsonObject { ["rope_type"] = "default", ["rope_theta"] = config.LocalRopeTheta },
        };
    }
}
