using Cerise.Models.Configs;
using Cerise.Models.Tests.Reference;
using Cerise.Tensors;

namespace Cerise.Models.Tests.Families;

/// <summary>A small model of every family, with what is special about it, and its float64 reference.</summary>
internal static class FamilyCases
{
    /// <summary>Every family there is: one without a case here fails the tests of all.</summary>
    public static TheoryData<string> Names => [.. ModelConfig.KnownModelTypes];

    public static ModelConfig Config(string family, int layers = 3)
    {
        ModelConfig sizes = new ModelConfig
        {
            ModelType = family,
            HiddenSize = 24,
            IntermediateSize = 37,
            NumHiddenLayers = layers,
            NumAttentionHeads = 4,
            NumKeyValueHeads = 2,
            HeadDim = 10,
            VocabSize = 71,
            MaxPositionEmbeddings = 200,
            RopeTheta = 500,
            RmsNormEps = 1e-5,
        }.WithFamilyDefaults();
        return family switch
        {
            "llama" => sizes with { RopeScaling = new RopeScaling.Llama3(8, 1, 4, 64), QkvBias = true, AttentionOutputBias = true, MlpBias = true },
            "qwen2" => sizes with { RopeScaling = new RopeScaling.Yarn(4, 32), TieWordEmbeddings = true },
            "qwen3" => sizes with { TieWordEmbeddings = true, SlidingWindow = 30, MaxWindowLayers = 1 },
            "mistral" => sizes with { SlidingWindow = 66 },
            "gemma2" => sizes with { SlidingWindow = 20, QueryPreAttnScalar = 7, AttentionSoftCap = 3, LogitSoftCap = 5, TieWordEmbeddings = true },
            "gemma3_text" or "gemma3" => sizes with
            {
                SlidingWindow = 65,
                SlidingWindowPattern = 2,
                QueryPreAttnScalar = 14,
                RopeTheta = 2000,
                LocalRopeTheta = 70,
                RopeScaling = new RopeScaling.Linear(8),
                TieWordEmbeddings = true,
            },
            "phi3" => sizes with
            {
                PartialRotaryFactor = 0.65,                                     // 6 of the 10 channels of a head
                RopeScaling = new RopeScaling.LongRope([1, 1.5, 2], [1.1, 3, 7], 190),
                SlidingWindow = 70,
            },
            "smollm3" => sizes with { NoRopeLayers = [1, 0, 1, 1], SlidingWindow = 21, TieWordEmbeddings = true },
            "olmo2" => sizes,
            "gpt2" => sizes with { NumKeyValueHeads = 4, HeadDim = 6, ScaleAttnByInverseLayerIdx = true, TieWordEmbeddings = true },
            _ => throw new ArgumentException($"the family {family} has no case", nameof(family)),
        };
    }

    public static PlainModel Reference(CausalModel model) => model.Config.ModelType switch
    {
        "llama" or "qwen2" => DecoderReference.Of(model),
        "qwen3" => new Qwen3Tests.Reference(model),
        "mistral" => new MistralTests.Reference(model),
        "gemma2" => new Gemma2Tests.Reference(model),
        "gemma3_text" => new Gemma3Tests.Reference(model),
        "phi3" => new Phi3Tests.Reference(model),
        "smollm3" => new SmolLm3Tests.Reference(model),
        "olmo2" => new Olmo2Tests.Reference(model),
        "gpt2" => new Gpt2Tests.Reference(model),
        _ => throw new ArgumentException($"the family {model.Config.ModelType} has no reference", nameof(model)),
    };

    public static CausalModel NewModel(string family, Device device, int layers = 3) => TinyModels.New(Config(family, layers), device, Seed.From(family.Length).Fork(family));

    public static int[][] Sequences(string family, params int[] lengths) =>
        [.. lengths.Select(length => TinyModels.Tokens(Seed.From(length).Fork(family), length, Config(family).VocabSize))];
}
