namespace Cerise.Models.Generation;

/// <summary>What a <see cref="GenerationService"/> does now, and has done since its start.</summary>
/// <param name="Running">Completions being sampled.</param>
/// <param name="Waiting">Requests that wait for their first token.</param>
/// <param name="Requests">Requests accepted.</param>
/// <param name="Finished">Requests all of whose completions ended by themselves.</param>
/// <param name="GivenUp">Requests cancelled, timed out or failed.</param>
/// <param name="ReusedPromptTokens">Prompt tokens that were not computed because their keys were still in the cache.</param>
/// <param name="TokensPerSecond">Tokens sampled a second, over about the last second; 0 where nothing runs.</param>
/// <param name="CacheUse">Share of the cache's blocks that running and waiting texts hold, in [0, 1].</param>
/// <param name="Work">Tokens computed, and how full the batch was.</param>
public sealed record GenerationServiceStatistics(
    int Running, int Waiting, long Requests, long Finished, long GivenUp, long ReusedPromptTokens, double TokensPerSecond, double CacheUse, GenerationStatistics Work);
