using Cerise.Models.Configs;

namespace Cerise.Benchmarks;

/// <summary>The shapes that kernels are measured at: those of the three benchmark models.</summary>
internal static class ModelSizes
{
    public static ModelConfig Of(string config) => ModelPresets.All[config];

    /// <summary>Channels in and out of a model's products, by name.</summary>
    public static (int Inputs, int Outputs) Product(string config, string product)
    {
        ModelConfig model = Of(config);
        return product switch
        {
            "attention" => (model.HiddenSize, model.NumAttentionHeads * model.HeadDim),
            "gate" => (model.HiddenSize, model.IntermediateSize),
            "down" => (model.IntermediateSize, model.HiddenSize),
            _ => throw new ArgumentOutOfRangeException(nameof(product), product, "use attention, gate or down"),
        };
    }
}
