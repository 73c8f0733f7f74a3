using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>A norm over the channels of each row.</summary>
internal abstract record NormLayer
{
    /// <param name="x">[tokens, channels].</param>
    public abstract Tensor Forward(Tensor x);

    /// <summary>stream + branch, and its norm, in one pass.</summary>
    public abstract (Tensor Sum, Tensor Normed) AddForward(Tensor stream, Tensor branch);
}

/// <summary>Root-mean-square norm.</summary>
/// <param name="Weight">[channels], or of one head.</param>
/// <param name="Eps">Added under the root.</param>
/// <param name="Offset">Added to the weight.</param>
/// <param name="IsPerHead">Whether each head is normalized by itself.</param>
internal sealed record RmsNormLayer(Parameter Weight, float Eps, float Offset, bool IsPerHead) : NormLayer
{
    public override Tensor Forward(Tensor x) => IsPerHead ? x.HeadRmsNorm(Weight, Eps, Offset) : x.RmsNorm(Weight, Eps, Offset);

    public override (Tensor Sum, Tensor Normed) AddForward(Tensor stream, Tensor branch) => stream.AddRmsNorm(branch, Weight, Eps, Offset);
}

/// <summary>Layer norm.</summary>
/// <param name="Weight">[channels].</param>
/// <param name="Bias">[channels].</param>
/// <param name="Eps">Added under the root.</param>
internal sealed record LayerNormLayer(Parameter Weight, Parameter Bias, float Eps) : NormLayer
{
    public override Tensor Forward(Tensor x) => x.LayerNorm(Weight, Bias, Eps);

    public override (Tensor Sum, Tensor Normed) AddForward(Tensor stream, Tensor branch) => stream.AddLayerNorm(branch, Weight, Bias, Eps);
}
