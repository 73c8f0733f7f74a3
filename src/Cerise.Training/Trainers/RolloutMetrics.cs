using Cerise.Models.Generation;
using Cerise.Training.Runs;

namespace Cerise.Training.Trainers;

/// <summary>How full the batch was while sampling and how fast tokens came, with vLLM's words for the tokens and their throughput.</summary>
internal static class RolloutMetrics
{
    /// <param name="metrics">A step's metrics.</param>
    /// <param name="statistics">Of all of the step's sampling.</param>
    public static void Add(StepMetrics metrics, GenerationStatistics statistics)
    {
        metrics["rollout/occupancy"] = statistics.Occupancy;
        metrics["rollout/decode_steps"] = statistics.Steps;
        metrics["rollout/prompt_tokens"] = statistics.PromptTokens;
        metrics["rollout/generation_tokens"] = statistics.GenerationTokens;
        if (statistics.PromptThroughput is { } prompts)
            metrics["rollout/prompt_throughput"] = prompts;
        if (statistics.GenerationThroughput is { } generation)
            metrics["rollout/generation_throughput"] = generation;
    }
}
