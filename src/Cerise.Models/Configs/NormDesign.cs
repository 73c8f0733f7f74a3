namespace Cerise.Models.Configs;

/// <summary>A norm over the channels of a row.</summary>
internal abstract record NormDesign
{
    /// <summary>Its tensors.</summary>
    public abstract IEnumerable<ExpectedTensor> Tensors { get; }

    /// <summary>The tensors of a norm that may be missing.</summary>
    public static IEnumerable<ExpectedTensor> TensorsOf(NormDesign? norm) => norm?.Tensors ?? [];
}

/// <summary>Root-mean-square norm (Zhang and Sennrich 2019, arXiv:1910.07467): x / sqrt(mean(x^2) + eps) * (weight + offset).</summary>
/// <param name="Weight">[channels], or of one head.</param>
/// <param name="Eps">Added under the root.</param>
internal sealed record RmsNormDesign(ExpectedTensor Weight, double Eps) : NormDesign
{
    /// <summary>Added to the weight: 1 where weights begin at 0. Default 0.</summary>
    public double Offset { get; init; }

    /// <summary>Whether each head is normalized by itself, with one weight for all (Henry et al. 2020, arXiv:2010.04245). Default false.</summary>
    public bool IsPerHead { get; init; }

    /// <inheritdoc/>
    public override IEnumerable<ExpectedTensor> Tensors => [Weight];
}

/// <summary>Layer norm (Ba et al. 2016, arXiv:1607.06450): (x - mean(x)) / sqrt(variance(x) + eps) * weight + bias.</summary>
/// <param name="Weight">[channels].</param>
/// <param name="Bias">[channels].</param>
/// <param name="Eps">Added under the root.</param>
internal sealed record LayerNormDesign(ExpectedTensor Weight, ExpectedTensor Bias, double Eps) : NormDesign
{
    /// <inheritdoc/>
    public override IEnumerable<ExpectedTensor> Tensors => [Weight, Bias];
}
