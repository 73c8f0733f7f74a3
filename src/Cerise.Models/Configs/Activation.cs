namespace Cerise.Models.Configs;

/// <summary>The function inside a feed-forward layer.</summary>
public enum Activation
{
    /// <summary>x sigmoid(x): <c>silu</c>, <c>swish</c>.</summary>
    Silu,

    /// <summary>x Phi(x): <c>gelu</c> (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
    Gelu,

    /// <summary>Its approximation by a tanh: <c>gelu_new</c>, <c>gelu_pytorch_tanh</c>, <c>gelu_fast</c>.</summary>
    GeluTanh,

    /// <summary>Its approximation by a sigmoid, x sigmoid(1.702 x): <c>quick_gelu</c>.</summary>
    QuickGelu,

    /// <summary>max(x, 0): <c>relu</c>.</summary>
    Relu,

    /// <summary>max(x, 0)^2: <c>relu2</c> (So et al. 2021, arXiv:2109.08668).</summary>
    ReluSquared,
}
