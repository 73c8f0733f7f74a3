using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>The architecture of a model, as the <c>config.json</c> of a Hugging Face folder describes it.</summary>
/// <remarks>
/// Families differ in which keys they read (<see cref="KnownModelTypes"/>) and in what they make of them; a property that a family does not know is not read.
/// A config that was loaded keeps every key it does not know when it is saved.
/// </remarks>
public sealed record ModelConfig
{
    /// <summary>The file's name in a model folder.</summary>
    public const string FileName = "config.json";

    private const long MaxFileBytes = 16_000_000;

    /// <summary>The family, <c>model_type</c>: one of <see cref="KnownModelTypes"/>.</summary>
    public required string ModelType { get; init; }

    /// <summary>Channels of the residual stream.</summary>
    public required int HiddenSize { get; init; }

    /// <summary>Channels inside the MLP.</summary>
    public required int IntermediateSize { get; init; }

    /// <summary>The function inside the MLP, <c>hidden_act</c>. Default silu.</summary>
    public Activation HiddenActivation { get; init; }

    /// <summary>Number of decoder layers.</summary>
    public required int NumHiddenLayers { get; init; }

    /// <summary>Number of query heads.</summary>
    public required int NumAttentionHeads { get; init; }

    /// <summary>Number of key and value heads, a divisor of <see cref="NumAttentionHeads"/>; as many as those unless set.</summary>
    public int NumKeyValueHeads { get => field != 0 ? field : NumAttentionHeads; init; }

    /// <summary>Channels of a head, even; <see cref="HiddenSize"/> / <see cref="NumAttentionHeads"/> unless set.</summary>
    public int HeadDim { get => field != 0 || NumAttentionHeads == 0 ? field : HiddenSize / NumAttentionHeads; init; }

    /// <summary>Number of token ids: rows of the embedding.</summary>
    public required int VocabSize { get; init; }

    /// <summary>Tokens of the longest sequence the model is made for: the rows of the position embedding where positions are learned.</summary>
    public required int MaxPositionEmbeddings { get; init; }

    /// <summary>Keys a query sees in layers that attend within a window, its own included, <c>sliding_window</c>; 0 (default) for all.</summary>
    public int SlidingWindow { get; init; }

    /// <summary>For each layer whether it attends within the window, <c>layer_types</c>; null (default) leaves it to the family's pattern.</summary>
    public IReadOnlyList<bool>? WindowedLayers { get; init; }

    /// <summary>qwen2's and qwen3's <c>max_window_layers</c>: layers from this one on attend within the window. Default 28, as in transformers.</summary>
    public int MaxWindowLayers { get; init; } = 28;

    /// <summary>gemma3's <c>sliding_window_pattern</c>: of so many layers the last sees all keys. Default 6.</summary>
    public int SlidingWindowPattern { get; init; } = 6;

    /// <summary>gemma's <c>query_pre_attn_scalar</c>: scores are divided by its square root; null (default) for <see cref="HeadDim"/>.</summary>
    public double? QueryPreAttnScalar { get; init; }

    /// <summary>gpt2's <c>scale_attn_weights</c>: whether scores are divided by sqrt(<see cref="HeadDim"/>). Default true.</summary>
    public bool ScaleAttnWeights { get; init; } = true;

    /// <summary>gpt2's <c>scale_attn_by_inverse_layer_idx</c>: whether scores are divided by the layer's number, from 1. Default false.</summary>
    public bool ScaleAttnByInverseLayerIdx { get; init; }

    /// <summary>gemma's <c>attn_logit_softcapping</c>: the bound of attention's scores; 0 (default) for none.</summary>
    public double AttentionSoftCap { get; init; }

    /// <summary>gemma's <c>final_logit_softcapping</c>: the bound of the head's logits; 0 (default) for none.</summary>
    public double LogitSoftCap { get; init; }

    /// <summary>Added to the mean square in RMSNorm, to the variance in LayerNorm. Default 1e-6, as in transformers.</summary>
    public double RmsNormEps { get; init; } = 1e-6;

    /// <summary>Base of the rotary frequencies. Default 10,000 (Su et al. 2021, arXiv:2104.09864).</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Share of each head's channels that are rotated, its first: phi3's <c>partial_rotary_factor</c>. Default 1.</summary>
    public double PartialRotaryFactor { get; init; } = 1;

    /// <summary>Channels of a head that are rotated; even.</summary>
    public int RotaryDim => (int)(HeadDim * PartialRotaryFactor);

    /// <summary>
    /// smollm3's <c>no_rope_layers</c>: 1 for each layer that rotates queries and keys, 0 for one that does not, and as many as there are layers or more; null
    /// (default) leaves it to <see cref="NoRopeLayerInterval"/>.
    /// </summary>
    public IReadOnlyList<int>? NoRopeLayers { get; init; }

    /// <summary>smollm3's <c>no_rope_layer_interval</c>: of so many layers the last does not rotate. Default 4.</summary>
    public int NoRopeLayerInterval { get; init; } = 4;

    /// <summary>gemma3's <c>rope_local_base_freq</c>: base of the rotary frequencies of layers within the window, which are never stretched. Default 10,000.</summary>
    public double LocalRopeTheta { get; init; } = 10_000;

    /// <summary>How rotary frequencies are stretched; null when they are not.</summary>
    public RopeScaling? RopeScaling { get; init; }

    /// <summary>Whether the LM head is the embedding. Default false, as in transformers for these families.</summary>
    public bool TieWordEmbeddings { get; init; }

    /// <summary>Whether query, key and value projections have a bias: <c>attention_bias</c>; always true for qwen2 and gpt2.</summary>
    public bool QkvBias { get; init; }

    /// <summary>Whether the attention's output projection has a bias: <c>attention_bias</c>; always false for qwen2, true for gpt2.</summary>
    public bool AttentionOutputBias { get; init; }

    /// <summary>Whether the MLP's projections have a bias: <c>mlp_bias</c>; always false for qwen2, true for gpt2.</summary>
    public bool MlpBias { get; init; }

    /// <summary>Standard deviation of freshly drawn weights. Default 0.02, as in transformers.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <summary>Id of the token a sequence begins with; null when there is none.</summary>
    public int? BosTokenId { get; init; }

    /// <summary>Ids of the tokens that end a sequence; may be empty.</summary>
    public IReadOnlyList<int> EosTokenIds { get; init; } = [];

    /// <summary>Id of the token batches are padded with elsewhere; null when there is none.</summary>
    public int? PadTokenId { get; init; }

    /// <summary>The type weights are said to be stored in (<c>torch_dtype</c> or <c>dtype</c>): F32, F16, BF16, F64; null when not said.</summary>
    public SafetensorsDType? DType { get; init; }

    /// <summary>Families that can be loaded, by their <c>model_type</c>.</summary>
    public static IReadOnlyList<string> KnownModelTypes { get; } = [.. ModelFamilies.All.Select(family => family.ModelType)];

    /// <summary>Tokens of the longest sequence a model is used for unless said otherwise: <see cref="MaxPositionEmbeddings"/>, and with longrope the original context.</summary>
    /// <remarks>Beyond it longrope takes other divisors, which would change short texts too: that is for whoever loads the model to ask for.</remarks>
    public int DefaultContextLength => RopeScaling is RopeScaling.LongRope { OriginalMaxPositionEmbeddings: int original }
        ? Math.Min(original, MaxPositionEmbeddings) : MaxPositionEmbeddings;

    /// <summary>Whether the model can be used for sequences of so many tokens: up to <see cref="MaxPositionEmbeddings"/>, and any number with dynamic scaling, which is made for more.</summary>
    public bool Allows(int contextLength) => contextLength <= MaxPositionEmbeddings || RopeScaling is RopeScaling.Dynamic;

    /// <summary>Whether tensors are named without the family's prefix, as in files of the model without its head.</summary>
    internal bool HasBareNames { get; init; }

    /// <summary>What a tensor of the folder is called in this family, null for one that is not part of it; null where the folder holds nothing else.</summary>
    internal Func<string, string?>? NameInFamily { get; init; }

    /// <summary>The text the config was read from; null for one made in code, or taken out of another.</summary>
    internal string? Source { get; private init; }

    /// <summary>Reads a config.</summary>
    /// <param name="path">A model folder, or the file itself.</param>
    /// <exception cref="CheckpointException">
    /// The file is missing or not JSON, the family is unknown, or a key is missing, mistyped or asks for something not supported.
    /// </exception>
    public static ModelConfig Load(string path)
    {
        string file = ConfigJson.PathOf(path, FileName);
        return Parse(JsonFields.ReadBytes(file, MaxFileBytes), file);
    }

    /// <summary>Reads a config from the bytes of a file.</summary>
    /// <param name="json">UTF-8 JSON.</param>
    /// <param name="file">What messages call it.</param>
    /// <exception cref="CheckpointException">As for <see cref="Load"/>.</exception>
    public static ModelConfig Parse(ReadOnlySpan<byte> json, string file)
    {
        var fields = JsonFields.Parse(json, file);
        string type = fields.String("model_type");
        IModelFamily family = ModelFamilies.Find(type)
            ?? throw fields.Fault("model_type", $"is {CheckpointException.Quote(type)}; known are {string.Join(", ", KnownModelTypes)}");
        ModelConfig config = family.Read(fields);
        if (config.ModelType == type)
            config = config with { Source = ConfigJson.Decode(json) };
        config.Validate(file);
        return config;
    }

    /// <summary>Checks that the sizes fit together and that the family can express the settings; collects all faults.</summary>
    /// <param name="file">What messages call the config.</param>
    /// <exception cref="CheckpointException">Something does not fit.</exception>
    public void Validate(string file = FileName)
    {
        IReadOnlyList<string> faults = Faults(file);
        if (faults.Count > 0)
            throw new CheckpointException(file, string.Join(" ", faults));
    }

    /// <summary>What does not fit together, or what the family cannot express, in full sentences.</summary>
    /// <exception cref="CheckpointException">The family is unknown.</exception>
    public IReadOnlyList<string> Faults(string file = FileName) => [.. DecoderKeys.Faults(this), .. Family(file).Faults(this)];

    /// <summary>The same sizes with the settings that every model of the family has, such as qwen2's biases: where a config made in code begins.</summary>
    /// <exception cref="CheckpointException">The family is unknown.</exception>
    public ModelConfig WithFamilyDefaults() => Family(FileName).WithDefaults(this);

    /// <summary>The config as the text of a file: as it was read, changed keys excepted; in Hugging Face's layout when made in code.</summary>
    public string ToJson()
    {
        IModelFamily family = ModelFamilies.Find(ModelType) ?? throw new InvalidOperationException($"no family '{ModelType}'");
        ModelConfig? original = Source is null ? null : Parse(System.Text.Encoding.UTF8.GetBytes(Source), FileName);
        return ConfigJson.Write(Source, this, original, family.Keys);
    }

    /// <summary>Checks and writes the config.</summary>
    /// <param name="path">A model folder, or a file whose name ends in <c>.json</c>; missing folders are made.</param>
    /// <exception cref="CheckpointException">The sizes do not fit together, or the file cannot be written.</exception>
    public void Save(string path)
    {
        string file = ConfigJson.PathOf(path, FileName);
        Validate(file);
        SmallFile.Write(file, System.Text.Encoding.UTF8.GetBytes(ToJson()));
    }

    private IModelFamily Family(string file) => ModelFamilies.Find(ModelType) ?? throw new CheckpointException(file,
        $"'model_type' is {CheckpointException.Quote(ModelType)}; known are {string.Join(", ", KnownModelTypes)}.");
}
