namespace Cerise.Models.Configs;

/// <summary>A linear layer: y = x W^T + b.</summary>
/// <param name="Weight">[out, in].</param>
/// <param name="Bias">[out]; null where there is none.</param>
internal sealed record LinearDesign(ExpectedTensor Weight, ExpectedTensor? Bias)
{
    /// <summary>The tensors of several linear layers: their weights, then their biases.</summary>
    public static IEnumerable<ExpectedTensor> Tensors(IReadOnlyList<LinearDesign> layers) =>
        [.. layers.Select(layer => layer.Weight), .. layers.Select(layer => layer.Bias).OfType<ExpectedTensor>()];
}
