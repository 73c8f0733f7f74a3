using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Models.Tests;

/// <summary>Small random models of odd sizes.</summary>
internal static class TinyModels
{
    private const int Context = 256;

    // Short original contexts and small bases, so that every scaling acts within the lengths of the tests.
    private static readonly RopeScaling?[] Scalings =
    [
        null,
        new RopeScaling.Linear(2.5),
        new RopeScaling.Dynamic(3),
        new RopeScaling.Llama3(8, 1, 4, 64),
        new RopeScaling.Yarn(4, 32),
        new RopeScaling.Yarn(6, 48) { BetaFast = 8, BetaSlow = 0.5, Truncate = false, Mscale = 1.2, MscaleAllDim = 0.7 },
        new RopeScaling.Yarn(2, 64) { AttentionFactor = 0.9 },
    ];

    /// <summary>Both families, tied or not, with and without biases, every rope scaling, grouped queries, heads of any size.</summary>
    public static ModelConfig Config(Seed seed)
    {
        int Below(string what, int bound) => seed.Fork(what).Below(0, bound);
        bool isQwen2 = Below("family", 2) == 0;
        bool attentionBias = Below("attention bias", 2) == 0;
        int kvHeads = 1 + Below("kv heads", 3);
        return new ModelConfig
        {
            ModelType = isQwen2 ? "qwen2" : "llama",
            HiddenSize = 7 + Below("hidden", 70),
            IntermediateSize = 1 + Below("intermediate", 90),
            NumHiddenLayers = 1 + Below("layers", 3),
            NumAttentionHeads = kvHeads * (1 + Below("group", 4)),
            NumKeyValueHeads = kvHeads,
            HeadDim = 4 + (2 * Below("head dim", 10)),
            VocabSize = 5 + Below("vocab", 150),
            MaxPositionEmbeddings = Context,
            RmsNormEps = Below("eps", 2) == 0 ? 1e-5 : 1e-6,
            RopeTheta = 20 * Math.Pow(10, Below("theta", 4)),
            RopeScaling = Scalings[Below("scaling", Scalings.Length)],
            TieWordEmbeddings = Below("tied", 2) == 0,
            QkvBias = isQwen2 || attentionBias,
            AttentionOutputBias = !isQwen2 && attentionBias,
            MlpBias = !isQwen2 && Below("mlp bias", 2) == 0,
        };
    }

    /// <summary>A model whose weights are all random, norms and biases too, and so large that every part shows in the log-probabilities.</summary>
    public static CausalModel New(ModelConfig config, Device device, Seed seed)
    {
        CausalModel model = CausalModel.Create(config, device, seed);
        foreach ((Parameter parameter, ExpectedTensor tensor) in model.Parameters.Zip(ModelTensors.Of(config)))
        {
            bool isNorm = tensor.Role == TensorRole.NormWeight;
            bool isMatrix = parameter.Layout == ParameterLayout.Panels;
            float deviation = isMatrix ? 1.2f / MathF.Sqrt(parameter.Shape.Columns) : 0.3f;
            parameter.SetRows(0, [.. Normal(seed.Fork(parameter.Name), (int)parameter.Shape.Length).Select(x => (isNorm ? 1 : 0) + (deviation * x))]);
        }
        return model;
    }

    public static CausalModel New(ModelConfig config, Device device) => New(config, device, Seed.From(1).Fork(config.VocabSize));

    /// <summary>Random tokens.</summary>
    public static int[] Tokens(Seed seed, int length, int vocab) => [.. Enumerable.Range(0, length).Select(i => seed.Below(i, vocab))];

    private static IEnumerable<float> Normal(Seed seed, int length) => Enumerable.Range(0, length).Select(i => (float)seed.Normal(i));
}
