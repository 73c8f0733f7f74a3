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
}
