namespace Cerise.Models.Configs;

/// <summary>The feed-forward layer: output(activation(gate(x)) * up(x)) with a gate (Shazeer 2020, arXiv:2002.05202), else output(activation(input(x))).</summary>
internal sealed record FeedForwardDesign
{
    /// <summary>The projections of the stream: gate and up, [inner, hidden] each, or one that gives both, [2 inner, hidden]; without a gate the only one.</summary>
    public required IReadOnlyList<LinearDesign> Inputs { get; init; }

    /// <summary>Whether there is a gate. Default true.</summary>
    public bool IsGated { get; init; } = true;

    /// <summary>The function. Default silu, as in Llama.</summary>
    public Activation Activation { get; init; }

    /// <summary>The projection back to the stream, [hidden, inner].</summary>
    public required LinearDesign Output { get; init; }

    /// <summary>All tensors, in the order of the forward pass.</summary>
    public IEnumerable<ExpectedTensor> Tensors => LinearDesign.Tensors([.. Inputs, Output]);
}
