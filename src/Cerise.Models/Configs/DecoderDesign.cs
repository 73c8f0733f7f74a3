namespace Cerise.Models.Configs;

/// <summary>What a model is made of: its tensors, by their names in a checkpoint, and how they are put together.</summary>
/// <remarks>A family describes it; <see cref="CausalModel"/> builds and runs it.</remarks>
internal sealed record DecoderDesign
{
    /// <summary>[vocab, hidden].</summary>
    public required ExpectedTensor TokenEmbedding { get; init; }

    /// <summary>Multiplies what is looked up in <see cref="TokenEmbedding"/>. Default 1.</summary>
    public double EmbeddingScale { get; init; } = 1;

    /// <summary>Learned positions, [positions, hidden], added to the embedding; null where there are none.</summary>
    public ExpectedTensor? PositionEmbedding { get; init; }

    /// <summary>The layers, the first first.</summary>
    public required IReadOnlyList<LayerDesign> Layers { get; init; }

    /// <summary>The norm before the head.</summary>
    public required NormDesign FinalNorm { get; init; }

    /// <summary>[vocab, hidden]; null where the head is the embedding.</summary>
    public ExpectedTensor? Head { get; init; }

    /// <summary>Bounds the logits: cap * tanh(logit / cap); 0 (default) for none.</summary>
    public double LogitSoftCap { get; init; }

    /// <summary>All tensors, in the order of the forward pass: embedding, layers, last norm, head unless tied.</summary>
    public IEnumerable<ExpectedTensor> Tensors =>
    [
        TokenEmbedding, .. PositionEmbedding is null ? (ExpectedTensor[])[] : [PositionEmbedding], .. Layers.SelectMany(layer => layer.Tensors), .. FinalNorm.Tensors, .. Head is null ? (ExpectedTensor[])[] : [Head],
    ];
}
