using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>A weight and, in some families, a bias.</summary>
internal sealed record LinearLayer(Parameter Weight, Parameter? Bias)
{
    /// <summary>y = x W^T + b.</summary>
    public Tensor Forward(Tensor x) => x.Linear(Weight, Bias);

    /// <summary>Two layers of the same input, computed together.</summary>
    public static (Tensor First, Tensor Second) Forward(Tensor x, LinearLayer first, LinearLayer second) =>
        x.Linear((first.Weight, first.Bias), (second.Weight, second.Bias));

    /// <summary>Three layers of the same input, computed together.</summary>
    public static (Tensor First, Tensor Second, Tensor Third) Forward(Tensor x, LinearLayer first, LinearLayer second, LinearLayer third) =>
        x.Linear((first.Weight, first.Bias), (second.Weight, second.Bias), (third.Weight, third.Bias));
}
