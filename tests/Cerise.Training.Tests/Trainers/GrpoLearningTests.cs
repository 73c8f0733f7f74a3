using Cerise.Training.Losses;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

/// <summary>What a working trainer does, and what a broken one gets wrong first.</summary>
public class GrpoLearningTests
{
    private static readonly GrpoOptions Options = GrpoRun.Options with { PromptsPerStep = 3, NumGenerations = 8 };

    [Theory]
    [InlineData(PolicyLossType.Grpo)]
    [InlineData(PolicyLossType.DrGrpo)]
    [InlineData(PolicyLossType.Dapo)]
    [InlineData(PolicyLossType.Bnpo)]
    [InlineData(PolicyLossType.Gspo)]
    [InlineData(PolicyLossType.Cispo)]
    public void Reward_rises_for_letters(PolicyLossType type)
    {
        using GrpoRun run = new GrpoRun(Options with { LossType = type }).Steps(20);
        double before = run.Metrics.Take(3).Average(metrics => metrics["reward"]);
        double after = run.Metrics.TakeLast(3).Average(metrics => metrics["reward"]);
        Assert.True(before < 0.3 && after > 0.6, $"{before:0.00} to {after:0.00}");
    }

    [Fact]
    public void Reward_rises_for_short_answers()
    {
        // Any of eight letters ends a completion: the end of text alone is drawn once in 257 times, too seldom to be found soon.
        GrpoOptions options = Options with { LearningRate = 2e-2, Stop = ["z", "y", "x", "w", "v", "u", "t", "s"] };
        using GrpoRun run = new GrpoRun(options, input => -input.CompletionIds.Count).Steps(20);
        double before = run.Metrics.Take(3).Average(metrics => metrics["completions/mean_length"]);
        double after = run.Metrics.TakeLast(3).Average(metrics => metrics["completions/mean_length"]);
        Assert.True(before > 6 && after < 4, $"{before:0.0} to {after:0.0}");
    }

    [Fact]
    public void Several_passes_and_minibatches_learn_too()
    {
        using GrpoRun run = new GrpoRun(Options with { NumIterations = 2, StepsPerGeneration = 3, LearningRate = 5e-3 }).Steps(12);
        Assert.True(run.Metrics[^1]["reward"] > 2 * run.Metrics[0]["reward"], $"{run.Metrics[0]["reward"]} to {run.Metrics[^1]["reward"]}");
    }

    [Theory]
    [InlineData(PolicyLossType.Grpo)]
    [InlineData(PolicyLossType.DrGrpo)]
    [InlineData(PolicyLossType.Dapo)]
    [InlineData(PolicyLossType.Gspo)]
    [InlineData(PolicyLossType.Cispo)]
    public void V74_a_constant_reward_leaves_the_weights_as_they_are(PolicyLossType type)
    {
        using GrpoRun run = new(Options with { LossType = type }, _ => 0.7);
        int[] before = run.Bits;
        run.Steps(2);
        Assert.Equal(before, run.Bits);
        Assert.All(run.Metrics, metrics =>
        {
            Assert.Equal((0.0, 0.0, 1.0, 0.0), (metrics["loss"], metrics["grad_norm"], metrics["frac_reward_zero_std"], metrics["reward_std"]));
            Assert.False(metrics.TryGet("entropy", out _), "no token was computed");
        });
    }

    [Fact]
    public void V74_with_a_penalty_the_penalty_alone_remains()
    {
        using GrpoRun run = new(Options with { Beta = 0.1 }, _ => 0.7);
        int[] before = run.Bits;
        run.Steps(1);
        Assert.Equal(before, run.Bits);                                     // policy and reference are still one
        Assert.Equal((0.0, 0.0), (run.Metrics[0]["kl"], run.Metrics[0]["grad_norm"]));
        Assert.True(run.Metrics[0]["entropy"] > 0);
    }

    [Fact]
    public void Groups_whose_completions_are_all_alike_in_reward_have_no_gradient()
    {
        // Only the prompt decides: groups differ from each other, never within.
        using GrpoRun run = new(Options, input => input.Prompt.Length, prompts: ["a", "bb", "ccc"]);
        int[] before = run.Bits;
        run.Steps(1);
        Assert.Equal(before, run.Bits);
        Assert.Equal((2.0, 1.0), (run.Metrics[0]["reward"], run.Metrics[0]["frac_reward_zero_std"]));
    }

    [Fact]
    public void Completions_that_no_reward_can_score_teach_nothing()
    {
        using GrpoRun run = new(Options, _ => null);
        int[] before = run.Bits;
        run.Steps(1);
        Assert.Equal(before, run.Bits);
        Assert.All(run.Samples, sample => Assert.Null(sample.Reward));
    }

    [Fact]
    public void A_reward_that_throws_is_counted_and_the_others_go_on()
    {
        using GrpoRun run = new(Options, input => input.CompletionIds[0] % 2 == 0 ? throw new InvalidOperationException("odd") : Toy.LetterShare(input));
        run.Steps(1);
        int failed = run.Samples.Count(sample => sample.Reward is null);
        Assert.InRange(failed, 1, run.Samples.Count - 1);
        Assert.Equal(failed, run.Metrics[0]["rewards/toy/errors"]);
        Assert.All(run.Samples, sample => Assert.True(sample.Reward is not null || sample.Advantage == 0));
    }
}
