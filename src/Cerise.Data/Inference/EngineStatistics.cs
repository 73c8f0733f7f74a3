namespace Cerise.Data.Inference;

/// <summary>What an engine does now, and has done since its start.</summary>
public sealed record EngineStatistics
{
    /// <summary>Completions being sampled now.</summary>
    public int Running { get; init; }

    /// <summary>Requests that wait for their first token.</summary>
    public int Waiting { get; init; }

    /// <summary>Requests accepted.</summary>
    public long Requests { get; init; }

    /// <summary>Requests finished: every completion ended by itself.</summary>
    public long Finished { get; init; }

    /// <summary>Requests given up by their callers, timed out or failed.</summary>
    public long GivenUp { get; init; }

    /// <summary>Tokens of prompts that were computed.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens of prompts whose keys and values an earlier request had left, and so were not computed again.</summary>
    public long ReusedPromptTokens { get; init; }

    /// <summary>Tokens sampled.</summary>
    public long GenerationTokens { get; init; }

    /// <summary>Steps: passes that sampled a token for every running completion.</summary>
    public long Steps { get; init; }

    /// <summary>Time spent on prompts, seconds.</summary>
    public double PromptSeconds { get; init; }

    /// <summary>Time spent on steps, seconds.</summary>
    public double StepSeconds { get; init; }

    /// <summary>Tokens sampled a second, over the last seconds; 0 where nothing runs.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>Share of the cache in use by running requests, in [0, 1].</summary>
    public double CacheUse { get; init; }
}
