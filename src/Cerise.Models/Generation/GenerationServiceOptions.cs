namespace Cerise.Models.Generation;

/// <summary>How much a <see cref="GenerationService"/> takes on. No answer depends on it.</summary>
public sealed record GenerationServiceOptions
{
    /// <summary>Most completions sampled at once. Default 64.</summary>
    public int MaxBatchSize { get; init; } = 64;

    /// <summary>Most requests that wait for their first token; more are refused. Default 1024.</summary>
    public int MaxQueue { get; init; } = 1024;

    /// <summary>Most completions of one request. Default 128, as OpenAI's <c>n</c>.</summary>
    public int MaxSamples { get; init; } = 128;

    /// <summary>Memory the cache of keys and values may take, bytes. Default 2 GiB; less where the places cannot fill that much.</summary>
    public long CacheBytes { get; init; } = 1L << 31;

    /// <summary>Most tokens of prompts computed between two steps, so that running streams do not stall for long. Default 512.</summary>
    public int PrefillTokens { get; init; } = 512;

    /// <summary>Whether keys and values of finished texts stay in the cache for those that begin alike, such as the next turn of a chat. Default true.</summary>
    public bool ReusePrefixes { get; init; } = true;

    /// <summary>
    /// Most time a drawn token waits for others to be delivered with. Where few streams run they are delivered more often; with many, waking a reader for each token
    /// would slow the steps. First and last tokens are delivered at once. Default 100 ms.
    /// </summary>
    public TimeSpan DeliveryInterval { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Told the time. Default the system's clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What is wrong with the settings.</summary>
    public IEnumerable<string> Faults()
    {
        if (MaxBatchSize < 1)
            yield return $"the batch size is {MaxBatchSize}; use 1 or more";
        if (MaxQueue < 1)
            yield return $"the queue's limit is {MaxQueue}; use 1 or more";
        if (MaxSamples < 1)
            yield return $"the most samples of a request are {MaxSamples}; use 1 or more";
        if (CacheBytes < 1)
            yield return $"the cache's memory is {CacheBytes} bytes; use 1 or more";
        if (PrefillTokens < 1)
            yield return $"the most prompt tokens between two steps are {PrefillTokens}; use 1 or more";
        if (DeliveryInterval < TimeSpan.Zero)
            yield return $"the time a token waits for delivery is {DeliveryInterval}; use 0 or more";
    }
}
