namespace Cerise.Tensors;

/// <summary>Which of its two forms a GELU has (Hendrycks and Gimpel 2016, arXiv:1606.08415).</summary>
public enum GeluForm
{
    /// <summary>x Phi(x), with Phi the normal distribution: <c>gelu</c>.</summary>
    Exact,

    /// <summary>x / 2 (1 + tanh(sqrt(2 / pi) (x + 0.044715 x^3))): <c>gelu_new</c>, <c>gelu_pytorch_tanh</c>.</summary>
    Tanh,
}
