namespace Cerise.Models.Configs;

/// <summary>The feed-forward layer with a gate: down(activation(gate(x)) * up(x)) (Shazeer 2020, arXiv:2002.05202).</summary>
/// <param name="Gate">[inner, hidden].</param>
/// <param name="Up">[inner, hidden].</param>
/// <param name="Down">[hidden, inner].</param>
internal sealed record FeedForwardDesign(LinearDesign Gate, LinearDesign Up, LinearDesign Down)
{
    /// <summary>All tensors, in the order of the forward pass.</summary>
    public IEnumerable<ExpectedTensor> Tensors => LinearDesign.Tensors([Gate, Up, Down]);
}
