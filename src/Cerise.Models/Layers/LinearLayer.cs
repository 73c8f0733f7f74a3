using Cerise.Tensors;
using Cerise.Tensors.Ops;

namespace Cerise.Models.Layers;

/// <summary>A weight and, in some families, a bias.</summary>
internal sealed record LinearLayer(Parameter Weight, Parameter? Bias)
{
    /// <summary>Weight and bias, for layers that are computed together.</summary>
    public (Parameter Weight, Parameter? Bias) Both => (Weight, Bias);

    /// <summary>y = x W^T + b.</summary>
    public Tensor Forward(Tensor x) => x.Linear(Weight, Bias);
}
