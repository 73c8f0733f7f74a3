namespace Cerise.Data.Inference;

/// <summary>How one request is sampled, in the words of the OpenAI API and of transformers.</summary>
/// <remarks>
/// Order: repetition penalty, presence and frequency penalties, logit bias, grammar, temperature, top-k, top-p, min-p.
/// </remarks>
public sealed record SamplingSettings
{
    /// <summary>Divides the logits; 0 is greedy. Default 1.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keep the likeliest tokens that together reach this probability, in (0, 1]; default 1, all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep the k likeliest tokens; 0 keeps all (default).</summary>
    public int TopK { get; init; }

    /// <summary>Keep tokens at least this share as likely as the likeliest, in [0, 1]; default 0, all.</summary>
    public float MinP { get; init; }

    /// <summary>Names the draws: the same request with the same seed gets the same answer. Null (default): a seed of the engine's own, another for each request.</summary>
    public long? Seed { get; init; }

    /// <summary>Most tokens of a completion, 1 or more; null for as many as the context has room for (default). Fewer where the context ends earlier.</summary>
    public int? MaxNewTokens { get; init; }

    /// <summary>Texts that end a completion; they are not part of its text. Default none.</summary>
    public IReadOnlyList<string> StopStrings { get; init; } = [];

    /// <summary>Tokens that end a completion beside the model's own end tokens. Default none.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Whether the model's own end tokens are ordinary tokens. Default false.</summary>
    public bool IgnoreEos { get; init; }

    /// <summary>Subtracted from the logit of every token the completion already holds, in [-2, 2]; default 0.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit once for each time the completion already holds it, in [-2, 2]; default 0.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens in the prompt or the completion, above 0; default 1, off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Added to the logits of these tokens, in [-100, 100]; null for none (default).</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>How many of the likeliest tokens are told at each place, 0 to 20; null where no log-probabilities are wanted at all (default).</summary>
    public int? TopLogProbs { get; init; }
}
