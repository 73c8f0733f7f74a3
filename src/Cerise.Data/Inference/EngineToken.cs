namespace Cerise.Data.Inference;

/// <summary>One sampled token.</summary>
public sealed record EngineToken
{
    /// <summary>Which of the request's completions it belongs to, from 0.</summary>
    public int Sample { get; init; }

    /// <summary>Its place in the completion, from 0.</summary>
    public int Index { get; init; }

    /// <summary>Its id.</summary>
    public required int Id { get; init; }

    /// <summary>
    /// The text that became certain with it: never half a character, and held back while it may be the beginning of a stop string. The pieces of a sample put
    /// together are its text, without the stop string or the end token; the last token brings what was still held back.
    /// </summary>
    public string Text { get; init; } = "";

    /// <summary>The token's own bytes, which need not be whole characters; empty for special tokens.</summary>
    public ReadOnlyMemory<byte> Bytes { get; init; }

    /// <summary>Log-probability, nats, as recorded for training: under the untruncated, unpenalized distribution at the sampling temperature (at 1 where that is 0).</summary>
    public float LogProb { get; init; }

    /// <summary>
    /// Log-probability, nats, under the model's own distribution at temperature 1, untruncated and unpenalized: what the OpenAI API tells. Null where
    /// <see cref="SamplingSettings.TopLogProbs"/> asks for none.
    /// </summary>
    public float? ModelLogProb { get; init; }

    /// <summary>The likeliest tokens at this place under the distribution of <see cref="ModelLogProb"/>, likeliest first; as many as were asked for.</summary>
    public IReadOnlyList<TokenLogProb> TopLogProbs { get; init; } = [];

    /// <summary>Why the completion ends with this token; null where it goes on.</summary>
    public EngineFinish? FinishReason { get; init; }

    /// <summary>The stop string that ended the completion; null where it goes on, or ended otherwise.</summary>
    public string? StopString { get; init; }

    /// <summary>Whether it is one of the end tokens or stop ids and ended the completion: it is no part of the text.</summary>
    public bool IsEnd { get; init; }
}
