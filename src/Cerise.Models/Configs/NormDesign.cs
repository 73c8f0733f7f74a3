namespace Cerise.Models.Configs;

/// <summary>A norm over the channels of a row.</summary>
internal abstract record NormDesign
{
    /// <summary>Its tensors.</summary>
    public abstract IEnumerable<ExpectedTensor> Tensors { get; }

    /// <summary>The tensors of a norm that may be missing.</summary>
    public static IEnumerable<ExpectedTensor> TensorsOf(NormDesign? norm) => norm?.Tensors ?? [];
}

/// <summary>Root-mean-square norm (Zhang and Sennrich 2019, arXiv:1910.07467): x / sqrt(mean(x^2) + eps) * weight.</summary>
/// <param name="Weight">[channels].</param>
/// <param name="Eps">Added under the root.</param>
internal sealed record RmsNormDesign(ExpectedTensor Weight, double Eps) : NormDesign
{
    /// <inheritdoc/>
    public override IEnumerable<ExpectedTensor> Tensors => [Weight];
}
