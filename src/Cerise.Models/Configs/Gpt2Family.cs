using Cerise.Models.Checkpoints;
using Cerise.Tensors;

namespace Cerise.Models.Configs;

/// <summary>
/// GPT-2 (Radford et al. 2019, Language Models are Unsupervised Multitask Learners): LayerNorm with bias before attention and feed-forward, learned positions, no
/// gate, biases everywhere, the head tied to the embedding. Its weights are stored the other way round, [in, out], queries, keys and values as one.
/// </summary>
internal sealed class Gpt2Family : IModelFamily
{
    public string ModelType => "gpt2";

    public string Architecture => "GPT2LMHeadModel";

    public string Prefix => "transformer.";

    public IReadOnlyList<ConfigKey<ModelConfig>> Keys { get; } =
    [
        .. DecoderKeys.Common,
        new("activation_function", config => config.HiddenActivation == Activation.GeluTanh ? "gelu_new" : ActivationNames.Of(config.HiddenActivation)),
        new("n_embd", config => config.HiddenSize),
        new("n_layer", config => config.NumHiddenLayers),
        new("n_head", config => config.NumAttentionHeads),
        new("n_positions", config => config.MaxPositionEmbeddings),
        new("n_inner", config => config.IntermediateSize == 4 * config.HiddenSize ? null : config.IntermediateSize),
        new("layer_norm_epsilon", config => config.RmsNormEps),
        new("scale_attn_weights", config => config.ScaleAttnWeights),
        new("scale_attn_by_inverse_layer_idx", config => config.ScaleAttnByInverseLayerIdx),
    ];

    public bool HasLearnedPositions => true;

    public bool Ignores(string name) => name.EndsWith(".attn.bias", StringComparison.Ordinal) || name.EndsWith(".attn.masked_bias", StringComparison.Ordinal);

    public ModelConfig Read(JsonFields fields)
    {
        if (fields.OptionalBool("add_cross_attention") ?? false)
            throw fields.Fault("add_cross_attention", "is true, which is not supported");
        int hidden = Size(fields, "n_embd", "hidden_size", DecoderKeys.MostChannels), heads = Size(fields, "n_head", "num_attention_heads", DecoderKeys.MostChannels);
        if (hidden % heads != 0)
            throw fields.Fault("n_embd", $"is {hidden}, no multiple of {heads} heads");
        return WithBiases(DecoderKeys.ReadCommon(fields, new ModelConfig
        {
            ModelType = ModelType,
            HiddenSize = hidden,
            IntermediateSize = fields.OptionalInt("n_inner", 1, DecoderKeys.MostChannels) ?? (4 * hidden),
            NumHiddenLayers = Size(fields, "n_layer", "num_hidden_layers", DecoderKeys.MostLayers),
            NumAttentionHeads = heads,
            VocabSize = fields.Int("vocab_size", 1, DecoderKeys.MostTokens),
            MaxPositionEmbeddings = ((string[])["n_positions", "max_position_embeddings", "n_ctx"]).Select(key => fields.OptionalInt(key, 1, DecoderKeys.MostTokens)).FirstOrDefault(n => n is not null) ?? 1024,
            ScaleAttnWeights = fields.OptionalBool("scale_attn_weights") ?? true,
            ScaleAttnByInverseLayerIdx = fields.OptionalBool("scale_attn_by_inverse_layer_idx") ?? false,
            TieWordEmbeddings = true,
        }) with
        {
            HiddenActivation = ActivationNames.Read(fields, "activation_function", Activation.GeluTanh),
            RmsNormEps = fields.OptionalDouble("layer_norm_epsilon") ?? 1e-5,
        });
    }

    public IEnumerable<string> Faults(ModelConfig config)
    {
        if (!config.QkvBias || !config.AttentionOutputBias || !config.MlpBias)
            yield return "The gpt2 family has a bias in every projection; set QkvBias, AttentionOutputBias and MlpBias.";
        if (config.NumKeyValueHeads != config.NumAttentionHeads)
            yield return $"The gpt2 family has as many key and value heads as query heads, {config.NumAttentionHeads}.";
        if (config.HeadDim * config.NumAttentionHeads != config.HiddenSize)
            yield return $"The gpt2 family's {config.NumAttentionHeads} heads share the hidden size; {config.HeadDim} channels each are not {config.HiddenSize}.";
        if (config.RopeScaling is not null)
            yield return "The gpt2 family has learned positions and no rope scaling.";
    }

    public ModelConfig WithDefaults(ModelConfig config) => WithBiases(config) with { HiddenActivation = Activation.GeluTanh };

    public DecoderDesign Design(ModelConfig config)
    {
        string prefix = config.HasBareNames ? "" : Prefix;
        TensorScope model = new(config, prefix);
        return new DecoderDesign
        {
            TokenEmbedding = model.Table("wte", TensorRole.TokenEmbedding, model.Vocab),
            PositionEmbedding = model.Table("wpe", TensorRole.PositionEmbedding, new(config.MaxPositionEmbeddings, $"context of {config.MaxPositionEmbeddings}")),
            Layers = [.. Enumerable.Range(0, config.NumHiddenLayers).Select(index => Layer(config, index, new(config, $"{prefix}h.{index}.", index)))],
            FinalNorm = model.LayerNorm("ln_f", model.Hidden),
            Head = config.TieWordEmbeddings ? null : new TensorScope(config, "").Table("lm_head", TensorRole.LmHead, model.Vocab),
        };
    }

    private static LayerDesign Layer(ModelConfig config, int index, TensorScope layer) => new()
    {
        BeforeAttention = layer.LayerNorm("ln_1", layer.Hidden),
        Attention = new AttentionDesign
        {
            QueryKeyValue = [layer.Transposed("attn.c_attn", new(3 * layer.Queries.Count, $"three times {layer.Queries.Reason}"), layer.Hidden)],
            Settings = new AttentionSettings(config.HeadDim, (float)Scale(config, index)),
            Output = layer.Transposed("attn.c_proj", layer.Hidden, layer.Queries),
        },
        BeforeFeedForward = layer.LayerNorm("ln_2", layer.Hidden),
        FeedForward = new FeedForwardDesign
        {
            Inputs = [layer.Transposed("mlp.c_fc", layer.Inner, layer.Hidden)],
            IsGated = false,
            Activation = config.HiddenActivation,
            Output = layer.Transposed("mlp.c_proj", layer.Hidden, layer.Inner),
        },
    };

    private static ModelConfig WithBiases(ModelConfig config) => config with { QkvBias = true, AttentionOutputBias = true, MlpBias = true };

    private static double Scale(ModelConfig config, int index) =>
        (config.ScaleAttnWeights ? 1 / Math.Sqrt(config.HeadDim) : 1) / (config.ScaleAttnByInverseLayerIdx ? index + 1 : 1);

    // transformers knows the names of other families as well.
    private static int Size(JsonFields fields, string key, string other, int most) => fields.Has(key) || !fields.Has(other) ? fields.Int(key, 1, most) : fields.Int(other, 1, most);
}
