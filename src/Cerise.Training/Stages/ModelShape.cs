using Cerise.Data;
using Cerise.Models.Configs;
using Cerise.Training.Recipes;

namespace Cerise.Training.Stages;

/// <summary>Sizes of a model to be trained from scratch. Defaults are those of the nano model: 2.7 million weights.</summary>
public sealed record ModelShape : IOptions
{
    /// <summary>Family: one of <see cref="ModelConfig.KnownModelTypes"/>. Default llama.</summary>
    public string ModelType { get; init; } = "llama";

    /// <summary>Channels of the residual stream.</summary>
    public int HiddenSize { get; init; } = 192;

    /// <summary>Channels inside the feed-forward layer.</summary>
    public int IntermediateSize { get; init; } = 512;

    /// <summary>Number of layers.</summary>
    public int NumHiddenLayers { get; init; } = 6;

    /// <summary>Query heads.</summary>
    public int NumAttentionHeads { get; init; } = 6;

    /// <summary>Key and value heads; 0 (default) as many as query heads.</summary>
    public int NumKeyValueHeads { get; init; }

    /// <summary>Tokens of the longest sequence. Default 512.</summary>
    public int MaxPositionEmbeddings { get; init; } = 512;

    /// <summary>Base of the rotary frequencies. Default 10000.</summary>
    public double RopeTheta { get; init; } = 10_000;

    /// <summary>Whether the head is the embedding. Default true: small models have no weights to spare.</summary>
    public bool TieWordEmbeddings { get; init; } = true;

    /// <summary>Standard deviation of fresh weights. Default 0.02.</summary>
    public double InitializerRange { get; init; } = 0.02;

    /// <inheritdoc/>
    public IEnumerable<string> Faults()
    {
        bool isKnown = ModelConfig.KnownModelTypes.Contains(ModelType);
        if (!isKnown)
            yield return $"model_type is '{ModelType}'; known are {string.Join(", ", ModelConfig.KnownModelTypes)}";
        if (HiddenSize < 2 || IntermediateSize < 1 || NumHiddenLayers < 1 || NumAttentionHeads < 1 || NumKeyValueHeads < 0 || MaxPositionEmbeddings < 2)
            yield return "hidden_size, intermediate_size, num_hidden_layers, num_attention_heads and max_position_embeddings must be positive";
        else if (HiddenSize % NumAttentionHeads != 0 || HiddenSize / NumAttentionHeads % 2 != 0)
            yield return $"hidden_size is {HiddenSize} for {NumAttentionHeads} heads; each head needs the same even number of channels";
        else if (NumKeyValueHeads > 0 && NumAttentionHeads % NumKeyValueHeads != 0)
            yield return $"num_key_value_heads is {NumKeyValueHeads}; it must divide num_attention_heads ({NumAttentionHeads})";
        else if (isKnown)
            foreach (string fault in Config(vocabSize: 1).Faults())
                yield return fault.TrimEnd('.');
    }

    /// <summary>The config of a model of this shape for a tokenizer.</summary>
    public ModelConfig ToConfig(ITokenizer tokenizer)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Config(tokenizer.VocabSize) with
        {
            BosTokenId = tokenizer.BosId,
            EosTokenIds = tokenizer.EosId is { } end ? [end] : [],
            PadTokenId = tokenizer.PadId,
        };
    }

    private ModelConfig Config(int vocabSize) => new ModelConfig
    {
        ModelType = ModelType,
        HiddenSize = HiddenSize,
        IntermediateSize = IntermediateSize,
        NumHiddenLayers = NumHiddenLayers,
        NumAttentionHeads = NumAttentionHeads,
        NumKeyValueHeads = NumKeyValueHeads,
        MaxPositionEmbeddings = MaxPositionEmbeddings,
        RopeTheta = RopeTheta,
        TieWordEmbeddings = TieWordEmbeddings,
        InitializerRange = InitializerRange,
        VocabSize = vocabSize,
    }.WithFamilyDefaults();
}
