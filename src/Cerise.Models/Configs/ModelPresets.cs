using Cerise.Models.Checkpoints;

namespace Cerise.Models.Configs;

/// <summary>Sizes of models by name: those the benchmarks use, and published ones to make a look-alike of.</summary>
public static class ModelPresets
{
    private const int BenchmarkContext = 2048;

    /// <summary>The presets.</summary>
    public static IReadOnlyDictionary<string, ModelConfig> All { get; } = new SortedDictionary<string, ModelConfig>(StringComparer.Ordinal)
    {
        ["nano3m"] = Llama(hidden: 192, layers: 6, heads: 6, keyValueHeads: 6, feedForward: 512, vocab: 512),
        ["tiny15m"] = Llama(hidden: 288, layers: 6, heads: 6, keyValueHeads: 6, feedForward: 768, vocab: 32_000),
        ["smol135m"] = Llama(hidden: 576, layers: 30, heads: 9, keyValueHeads: 3, feedForward: 1536, vocab: 49_152),
        ["qwen2.5-0.5b"] = new ModelConfig                                 // as published: huggingface.co/Qwen/Qwen2.5-0.5B config.json
        {
            ModelType = "qwen2",
            HiddenSize = 896,
            IntermediateSize = 4864,
            NumHiddenLayers = 24,
            NumAttentionHeads = 14,
            NumKeyValueHeads = 2,
            VocabSize = 151_936,
            MaxPositionEmbeddings = 32_768,
            RmsNormEps = 1e-6,
            RopeTheta = 1_000_000,
            TieWordEmbeddings = true,
            QkvBias = true,
            DType = SafetensorsDType.BF16,
        },
    };

    private static ModelConfig Llama(int hidden, int layers, int heads, int keyValueHeads, int feedForward, int vocab) => new()
    {
        ModelType = "llama",
        HiddenSize = hidden,
        IntermediateSize = feedForward,
        NumHiddenLayers = layers,
        NumAttentionHeads = heads,
        NumKeyValueHeads = keyValueHeads,
        VocabSize = vocab,
        MaxPositionEmbeddings = BenchmarkContext,
        RmsNormEps = 1e-5,
        TieWordEmbeddings = true,
    };
}
