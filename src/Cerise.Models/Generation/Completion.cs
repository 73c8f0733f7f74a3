namespace Cerise.Models.Generation;

/// <summary>Why a completion ended.</summary>
public enum FinishReason
{
    /// <summary>A stop token or stop string.</summary>
    Stop,

    /// <summary>The limit of new tokens, or of the model's context.</summary>
    Length,
}

/// <summary>One sampled completion.</summary>
/// <param name="Ids">Its tokens, a stop token included.</param>
/// <param name="LogProbs">Log-probability of each as recorded while sampling: untruncated distribution at the sampling temperature, nats.</param>
/// <param name="FinishReason">Why it ended.</param>
public sealed record Completion(IReadOnlyList<int> Ids, IReadOnlyList<float> LogProbs, FinishReason FinishReason);
