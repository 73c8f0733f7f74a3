using Cerise.Tensors;

namespace Cerise.Models.Configs;

/// <summary>Causal grouped-query self-attention.</summary>
internal sealed record AttentionDesign
{
    /// <summary>The projections to queries, keys and values; or one that gives all three, in this order.</summary>
    public required IReadOnlyList<LinearDesign> QueryKeyValue { get; init; }

    /// <summary>Over the queries, before they are rotated; null where there is none.</summary>
    public NormDesign? QueryNorm { get; init; }

    /// <summary>Over the keys, before they are rotated; null where there is none.</summary>
    public NormDesign? KeyNorm { get; init; }

    /// <summary>Rotary positions; null where queries and keys are not rotated.</summary>
    public RotaryDesign? Rotary { get; init; }

    /// <summary>Channels of a head; scale, window and cap of the scores.</summary>
    public required AttentionSettings Settings { get; init; }

    /// <summary>The projection back to the residual stream.</summary>
    public required LinearDesign Output { get; init; }

    /// <summary>All tensors, in the order of the forward pass.</summary>
    public IEnumerable<ExpectedTensor> Tensors =>
    [
        .. LinearDesign.Tensors(QueryKeyValue), .. NormDesign.TensorsOf(QueryNorm), .. NormDesign.TensorsOf(KeyNorm), .. LinearDesign.Tensors([Output]),
    ];
}
