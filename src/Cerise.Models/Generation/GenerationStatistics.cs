namespace Cerise.Models.Generation;

/// <summary>How full the batch was, and how fast tokens were computed. Everything but the seconds follows from requests and options alone.</summary>
public readonly record struct GenerationStatistics
{
    /// <summary>Tokens of prompts that were computed, each prompt once.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens sampled, the first of each completion included.</summary>
    public long GenerationTokens { get; init; }

    /// <summary>Forward passes that made one token for every running sequence.</summary>
    public long Steps { get; init; }

    /// <summary>Sequences that ran, summed over the steps: tokens made by these passes.</summary>
    public long FilledPlaces { get; init; }

    /// <summary>Places of the batch, filled or not, summed over the steps.</summary>
    public long Places { get; init; }

    /// <summary>Time of computing prompts and drawing first tokens, seconds.</summary>
    public double PromptSeconds { get; init; }

    /// <summary>Time of the steps, seconds.</summary>
    public double StepSeconds { get; init; }

    /// <summary>Mean share of the batch's places that were filled, in (0, 1]; 1 without a step.</summary>
    public double Occupancy => Places == 0 ? 1 : (double)FilledPlaces / Places;

    /// <summary>Prompt tokens a second while prompts are computed; null where no time passed.</summary>
    public double? PromptThroughput => PromptSeconds > 0 ? PromptTokens / PromptSeconds : null;

    /// <summary>Tokens a second of the steps; null where no time passed.</summary>
    public double? GenerationThroughput => StepSeconds > 0 ? FilledPlaces / StepSeconds : null;

    /// <summary>Both together, as of several calls.</summary>
    public static GenerationStatistics operator +(GenerationStatistics left, GenerationStatistics right) => new()
    {
        PromptTokens = left.PromptTokens + right.PromptTokens,
        GenerationTokens = left.GenerationTokens + right.GenerationTokens,
        Steps = left.Steps + right.Steps,
        FilledPlaces = left.FilledPlaces + right.FilledPlaces,
        Places = left.Places + right.Places,
        PromptSeconds = left.PromptSeconds + right.PromptSeconds,
        StepSeconds = left.StepSeconds + right.StepSeconds,
    };

    /// <summary>See <c>operator +</c>.</summary>
    public static GenerationStatistics Add(GenerationStatistics left, GenerationStatistics right) => left + right;
}
