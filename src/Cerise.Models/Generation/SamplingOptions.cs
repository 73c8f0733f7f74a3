namespace Cerise.Models.Generation;

/// <summary>How completions are sampled.</summary>
/// <remarks>
/// Order: repetition penalty, presence and frequency penalties, logit bias, guide, temperature, top-k, top-p, min-p. In RL rollouts leave the truncations off, so that what is sampled is the policy
/// itself.
/// </remarks>
public sealed record SamplingOptions
{
    /// <summary>Divides the logits; 0 is greedy, else from 0.0001 on: quotients stay finite. Default 1: the model's own distribution.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keep the k likeliest tokens; 0 keeps all (default).</summary>
    public int TopK { get; init; }

    /// <summary>Keep the likeliest tokens that together reach this probability, in (0, 1]; default 1, all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keep tokens at least this share as likely as the likeliest, in [0, 1]; default 0, all.</summary>
    public float MinP { get; init; }

    /// <summary>Divides positive and multiplies negative logits of tokens seen before; default 1, off.</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted from the logit of every token the completion already holds, the prompt left out; default 0. OpenAI's definition.</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit once for each time the completion already holds it, the prompt left out; default 0. OpenAI's definition.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of tokens; null for none (default).</summary>
    public IReadOnlyDictionary<int, float>? LogitBias { get; init; }

    /// <summary>How many of the likeliest tokens are found at each place, 0 or more; null for none, and none of the drawn token's at temperature 1 (default).</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>Most tokens of a completion. Default 256, as TRL's max_completion_length.</summary>
    public int MaxNewTokens { get; init; } = 256;

    /// <summary>Tokens that end a completion; they are part of it.</summary>
    public IReadOnlyList<int> StopIds { get; init; } = [];

    /// <summary>Makes what watches over each completion, such as for stop strings or a grammar; called once for each. Default none.</summary>
    public Func<ICompletionGuide>? Guide { get; init; }

    /// <summary>Most sequences decoded at once; the result does not depend on it. Default 32: enough that the weights are read seldom, few enough that keys and values stay near the processor; more where there are many cores.</summary>
    public int MaxBatchSize { get; init; } = 32;

    /// <summary>What is wrong with the settings.</summary>
    public IEnumerable<string> Faults()
    {
        if (Temperature is not (0 or (>= 0.0001f and <= float.MaxValue)))
            yield return $"temperature is {Temperature}; use 0 (greedy) or a number from 0.0001 on";
        if (TopK < 0)
            yield return $"top_k is {TopK}; use 0 (all) or more";
        if (!(TopP > 0 && TopP <= 1))
            yield return $"top_p is {TopP}; use a number in (0, 1]";
        if (!(MinP >= 0 && MinP <= 1))
            yield return $"min_p is {MinP}; use a number in [0, 1]";
        if (RepetitionPenalty is not (> 0 and <= float.MaxValue))
            yield return $"repetition_penalty is {RepetitionPenalty}; use a number above 0, 1 for none";
        if (!float.IsFinite(PresencePenalty))
            yield return $"presence_penalty is {PresencePenalty}; use a finite number, 0 for none";
        if (!float.IsFinite(FrequencyPenalty))
            yield return $"frequency_penalty is {FrequencyPenalty}; use a finite number, 0 for none";
        if (LogitBias?.FirstOrDefault(bias => !float.IsFinite(bias.Value) || bias.Key < 0) is { Value: not 0 } fault)
            yield return $"logit_bias is {fault.Value} for token {fault.Key}; use finite numbers for ids from 0 on";
        if (TopLogProbs < 0)
            yield return $"top_logprobs is {TopLogProbs}; use 0 or more";
        if (MaxNewTokens < 1)
            yield return $"the most new tokens is {MaxNewTokens}; use 1 or more";
        if (MaxBatchSize < 1)
            yield return $"the batch size is {MaxBatchSize}; use 1 or more";
    }
}
