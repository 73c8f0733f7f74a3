using Cerise.Models.Generation;
using Cerise.Training.Runs;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class RolloutMetricsTests
{
    [Fact]
    public void Throughputs_are_tokens_over_the_time_they_took()
    {
        GenerationStatistics once = new()
        {
            PromptTokens = 30,
            GenerationTokens = 55,
            Steps = 10,
            FilledPlaces = 50,
            Places = 80,
            PromptSeconds = 0.5,
            StepSeconds = 2,
        };
        StepMetrics metrics = Of(once + once);
        Assert.Equal((0.625, 20), (metrics["rollout/occupancy"], metrics["rollout/decode_steps"]));
        Assert.Equal((60, 110), (metrics["rollout/prompt_tokens"], metrics["rollout/generation_tokens"]));
        Assert.Equal((60, 25), (metrics["rollout/prompt_throughput"], metrics["rollout/generation_throughput"]));
    }

    [Fact]
    public void A_clock_that_stands_still_gives_no_throughput()
    {
        StepMetrics metrics = Of(new GenerationStatistics { PromptTokens = 3, GenerationTokens = 1 });
        Assert.Equal(1, metrics["rollout/occupancy"]);
        Assert.DoesNotContain(metrics, metric => metric.Key.EndsWith("throughput", StringComparison.Ordinal));
    }

    [Fact]
    public void A_step_tells_all_of_its_rounds()
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options with { RolloutBatchSize = 5 }).Steps(2);
        foreach (StepMetrics metrics in run.Metrics)
        {
            // Prompts of four tokens, each computed once for its group.
            Assert.Equal(4 * GrpoRun.Options.PromptsPerStep, metrics["rollout/prompt_tokens"]);
            Assert.Equal(12 * metrics["completions/mean_length"], metrics["rollout/generation_tokens"], 1e-9);
            double filled = metrics["rollout/generation_tokens"] - 12;
            Assert.Equal(filled / (5 * metrics["rollout/decode_steps"]), metrics["rollout/occupancy"], 1e-9);
        }
    }

    private static StepMetrics Of(GenerationStatistics statistics)
    {
        StepMetrics metrics = [];
        RolloutMetrics.Add(metrics, statistics);
        return metrics;
    }
}
