using Cerise.Models.Configs;
using Cerise.Tensors;

namespace Cerise.Training.Stages;

/// <summary>What training a model needs in memory, in bytes.</summary>
/// <param name="Weights">Weights, the reference policy's included.</param>
/// <param name="Optimizer">Gradients and AdamW's two moments.</param>
/// <param name="Activations">Activations and their gradients of one micro-batch.</param>
/// <param name="Head">Logits held at once by the chunked head.</param>
public sealed record MemoryPlan(long Weights, long Optimizer, long Activations, long Head)
{
    private const long LogitsAtOnce = 2L << 26;

    /// <summary>All together.</summary>
    public long Total => Weights + Optimizer + Activations + Head;

    /// <summary>Whether it fits in what this machine has left.</summary>
    public bool Fits => Total <= GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;

    /// <summary>The plan for a training stage.</summary>
    /// <param name="config">The model.</param>
    /// <param name="maxTokens">Tokens of a micro-batch.</param>
    /// <param name="hasReference">Whether a reference policy is held beside the policy.</param>
    /// <param name="referenceType">The type its weights are stored in.</param>
    public static MemoryPlan ForTraining(ModelConfig config, int maxTokens, bool hasReference, DType referenceType = DType.Float32)
    {
        ArgumentNullException.ThrowIfNull(config);
        long weights = ModelTensors.ParameterCount(config) * sizeof(float);
        long queries = (long)config.NumAttentionHeads * config.HeadDim;
        long keys = (long)config.NumKeyValueHeads * config.HeadDim;
        // Held for the backward pass, by layer: two streams and two norms, q and its rotation, k, v and their blocks, attention and its output, gate, up, their product, down.
        long perToken = config.NumHiddenLayers * ((6L * config.HiddenSize) + (3 * queries) + (5 * keys) + (3L * config.IntermediateSize));
        long gradients = (4L * config.HiddenSize) + (3L * config.IntermediateSize) + (2 * queries) + (2 * keys);
        // A tied table has one gradient as embedding and one as head, so that micro-batches cannot change the order of their sum.
        long tied = config.TieWordEmbeddings ? (long)config.VocabSize * config.HiddenSize * sizeof(float) : 0;
        return new MemoryPlan(weights + (hasReference ? weights / sizeof(float) * referenceType.Size() : 0), (3 * weights) + tied, (perToken + gradients) * maxTokens * sizeof(float), LogitsAtOnce);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Gigabytes(Total)} GB: weights {Gigabytes(Weights)}, gradients and optimizer {Gigabytes(Optimizer)}, activations {Gigabytes(Activations)}, head {Gigabytes(Head)}"
        + (Fits ? "" : $"; this machine has {Gigabytes(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes)} GB: lower max_tokens_per_micro_batch or take a smaller model");

    private static string Gigabytes(long bytes) => (bytes / 1e9).ToString("0.##", System.Globalization.CultureInfo.InvariantCulture);
}
