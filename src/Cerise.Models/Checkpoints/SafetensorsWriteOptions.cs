namespace Cerise.Models.Checkpoints;

/// <summary>How a checkpoint is written.</summary>
public sealed record SafetensorsWriteOptions
{
    /// <summary>Order of the tensors in a file; sorted by default, so that files compare byte for byte with those of other tools.</summary>
    public TensorOrder Order { get; init; } = TensorOrder.Sorted;

    /// <summary>
    /// The file's <c>__metadata__</c>, written in order of keys. The default <c>{"format":"pt"}</c> is what transformers asks for before it loads a
    /// file.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string> { ["format"] = "pt" };

    /// <summary>
    /// Most bytes of tensors in one shard of <see cref="SafetensorsWriter.WriteModel"/>; a larger tensor gets a shard of its own. Default 5 GB, as in
    /// transformers.
    /// </summary>
    public long MaxShardBytes { get; init; } = 5_000_000_000;
}
