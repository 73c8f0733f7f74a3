using Cerise.Models;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Losses;
using Cerise.Training.Optimizers;
using Cerise.Training.Rewards;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class GrpoTrainerTests
{
    [Fact]
    public void A_step_reports_under_TRLs_names()
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options with { Beta = 0.1, NumCompletionsToPrint = 3 }).Steps(1);
        Assert.Equal(
            [
                "loss", "reward", "reward_std", "frac_reward_zero_std", "rewards/toy/mean", "rewards/toy/std", "rewards/toy/errors", "kl", "entropy",
                "clip_ratio/low_mean", "clip_ratio/high_mean", "clip_ratio/region_mean", "completions/mean_length", "completions/min_length",
                "completions/max_length", "completions/clipped_ratio", "grad_norm", "learning_rate", "num_tokens", "rollout/occupancy",
                "rollout/decode_steps", "rollout/prompt_tokens", "rollout/generation_tokens",
            ],
            run.Metrics[0].Select(metric => metric.Key));
        Assert.Equal(3, run.Samples.Count);
        Assert.Equal(1e-2, run.Metrics[0]["learning_rate"]);
        Assert.Equal(Math.Log(257), run.Metrics[0]["entropy"], 0.2);        // fresh weights know nothing
    }

    [Fact]
    public void Tokens_are_counted_over_all_steps()
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options).Steps(2);
        double[] perStep = [.. run.Metrics.Select(metrics => (12 * 4) + (12 * metrics["completions/mean_length"]))];
        Assert.Equal(perStep[0], run.Metrics[0]["num_tokens"], 1e-9);
        Assert.Equal(perStep[0] + perStep[1], run.Metrics[1]["num_tokens"], 1e-9);
    }

    [Theory]
    [InlineData(1, 1, 1)]
    [InlineData(3, 1, 3)]
    [InlineData(1, 4, 4)]
    [InlineData(2, 5, 10)]
    public void Passes_and_their_parts_each_make_an_update(int iterations, int steps, int updates)
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options with { NumIterations = iterations, StepsPerGeneration = steps, Epsilon = 1e-6 }).Steps(2);
        Assert.Equal(2 * updates, run.Saved("updates"));
        Assert.Equal(updates > 1, run.Metrics[0]["clip_ratio/region_mean"] > 0);            // only the first update is on-policy
    }

    [Fact]
    public void The_schedule_runs_over_all_updates()
    {
        GrpoOptions options = GrpoRun.Options with { NumIterations = 2, MaxSteps = 3, LrSchedulerType = LearningRateSchedule.Linear, MinLrRatio = 0, LearningRate = 0.06 };
        using GrpoRun run = new GrpoRun(options).Steps(3);
        Assert.Equal([0.05, 0.03, 0.01], run.Metrics.Select(metrics => Math.Round(metrics["learning_rate"], 9)));        // of each step's second update
    }

    [Fact]
    public void Dynamic_sampling_fills_the_step_with_groups_that_differ()
    {
        static double? Reward(RewardInput input) => input.Prompt == "flat" ? 1 : input.CompletionIds[^1];
        using GrpoRun run = new GrpoRun(GrpoRun.Options with { DynamicSampling = true }, Reward, prompts: ["flat", "one:", "flat", "flat"]).Steps(3);
        Assert.All(run.Metrics, metrics => Assert.Equal(0, metrics["frac_reward_zero_std"]));
        Assert.Equal(12, run.Samples.Count);
        Assert.All(run.Samples, sample => Assert.Equal("one:", sample.Prompt));
        Assert.True(run.Saved("prompts") > 6);
    }

    [Fact]
    public void Dynamic_sampling_ends_after_its_rounds_with_what_it_has()
    {
        static double? Reward(RewardInput input) => input.Prompt == "flat" ? 1 : input.CompletionIds[^1];
        using GrpoRun some = new GrpoRun(GrpoRun.Options with { DynamicSampling = true, MaxSamplingRounds = 1 }, Reward, prompts: ["flat", "one:"]).Steps(1);
        Assert.Equal(6, some.Samples.Count);
        Assert.Equal(2, some.Saved("prompts"));
        using GrpoRun none = new GrpoRun(GrpoRun.Options with { DynamicSampling = true, MaxSamplingRounds = 3 }, _ => 1).Steps(1);
        Assert.Equal(12, none.Samples.Count);                               // the last round, so that the step has something to report
        Assert.Equal(6, none.Saved("prompts"));
        Assert.Equal(1, none.Metrics[0]["frac_reward_zero_std"]);
    }

    [Fact]
    public void Masked_truncated_completions_leave_the_loss_but_not_the_baseline()
    {
        // None of two random tokens ends by itself here, so none counts; stop strings end about a third of the longer ones.
        using GrpoRun all = new(GrpoRun.Options with { MaskTruncatedCompletions = true, MaxCompletionLength = 2 });
        int[] before = all.Bits;
        all.Steps(1);
        Assert.Equal(1, all.Metrics[0]["completions/clipped_ratio"]);
        Assert.Equal((0.0, 0.0), (all.Metrics[0]["loss"], all.Metrics[0]["grad_norm"]));
        Assert.Equal(before, all.Bits);

        GrpoOptions some = GrpoRun.Options with { Stop = [.. "abcdefghij".Select(letter => letter.ToString())] };
        using GrpoRun kept = new GrpoRun(some).Steps(1);
        using GrpoRun masked = new GrpoRun(some with { MaskTruncatedCompletions = true }).Steps(1);
        Assert.InRange(masked.Metrics[0]["completions/clipped_ratio"], 0.1, 0.9);
        Assert.Equal(kept.Samples.Select(sample => sample.Advantage), masked.Samples.Select(sample => sample.Advantage));
        (double Tokens, double Loss) sums = masked.Samples.Where(sample => sample.FinishReason == "stop")
            .Aggregate((0.0, 0.0), (sum, sample) => (sum.Item1 + sample.Tokens!.Value, sum.Item2 - (sample.Tokens!.Value * sample.Advantage!.Value)));
        Assert.Equal(sums.Loss / sums.Tokens, masked.Metrics[0]["loss"], 1e-6);
        Assert.NotEqual(kept.Bits, masked.Bits);
    }

    [Fact]
    public void Stop_strings_end_a_completion_and_stay_in_it()
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options with { Stop = [.. "abcdefghij".Select(letter => letter.ToString())] }).Steps(1);
        Assert.All(run.Samples, sample =>
        {
            Assert.DoesNotContain(sample.FinishReason == "length" ? sample.Completion : sample.Completion[..^1], letter => letter is >= 'a' and <= 'j');
        });
        Assert.Contains(run.Samples, sample => sample.FinishReason == "stop" && sample.Completion[^1] is >= 'a' and <= 'j');
    }

    [Fact]
    public void The_penalty_holds_the_policy_near_the_reference()
    {
        Dictionary<KlEstimator, int[]> weights = [];
        foreach (KlEstimator estimator in Enum.GetValues<KlEstimator>())
        {
            using GrpoRun free = new GrpoRun(GrpoRun.Options with { Beta = 1e-9, KlEstimator = estimator }).Steps(6);
            using GrpoRun held = new GrpoRun(GrpoRun.Options with { Beta = 2, KlEstimator = estimator }).Steps(6);
            Assert.Equal((0.0, 0.0), (free.Metrics[0]["kl"], held.Metrics[0]["kl"]));
            Assert.All(free.Metrics.Concat(held.Metrics).Skip(1), metrics => Assert.True(metrics["kl"] >= 0));
            // k1 as a loss has no expected gradient, so it holds nothing; see its documentation.
            if (estimator != KlEstimator.K1)
                Assert.True(held.Metrics[^1]["kl"] < 0.7 * free.Metrics[^1]["kl"], $"{estimator}: {held.Metrics[^1]["kl"]} and {free.Metrics[^1]["kl"]}");
            weights[estimator] = held.Bits;
        }
        Assert.NotEqual(weights[KlEstimator.K1], weights[KlEstimator.K2]);
        Assert.NotEqual(weights[KlEstimator.K2], weights[KlEstimator.K3]);
    }

    [Fact]
    public void V121_the_reference_is_blended_towards_the_policy_every_so_many_steps()
    {
        GrpoOptions options = GrpoRun.Options with { Beta = 1e-3, RefModelSyncSteps = 2 };
        using GrpoRun never = new GrpoRun(options with { RefModelSyncSteps = 0 }).Steps(4);
        using GrpoRun copied = new GrpoRun(options).Steps(4);
        using GrpoRun blended = new GrpoRun(options with { RefModelMixupAlpha = 0.6 }).Steps(4);
        Assert.Equal([true, false, true, false], copied.Metrics.Select(metrics => metrics["kl"] == 0));
        Assert.Equal([true, false, false, false], blended.Metrics.Select(metrics => metrics["kl"] == 0));
        Assert.Equal(never.Metrics[1]["kl"], blended.Metrics[1]["kl"]);
        Assert.InRange(blended.Metrics[2]["kl"], 1e-12, never.Metrics[2]["kl"] * 0.6);
    }

    [Theory]
    [InlineData(DType.Bfloat16)]
    [InlineData(DType.Float16)]
    public void A_reference_in_16_bits_is_the_policy_rounded_also_after_it_is_blended_and_loaded(DType dtype)
    {
        GrpoOptions options = GrpoRun.Options with { Beta = 0.05, RefModelSyncSteps = 2, RefModelMixupAlpha = 0.6, RefModelDtype = dtype };
        using TemporaryFolder folder = TestPaths.NewFolder();
        using GrpoRun wide = new GrpoRun(options with { RefModelDtype = DType.Float32 }).Steps(1);
        using GrpoRun unbroken = new GrpoRun(options).Steps(3);
        Assert.Equal(0, wide.Metrics[0]["kl"]);
        Assert.InRange(unbroken.Metrics[0]["kl"], 1e-12, 1e-4);
        unbroken.Trainer.SaveState(folder.Path);
        using GrpoRun resumed = new(options);
        resumed.Trainer.LoadState(folder.Path, 3);
        unbroken.Steps(2);
        resumed.Steps(2);
        Assert.Equal(unbroken.Bits, resumed.Bits);
        Assert.Equal(unbroken.Metrics[^1], resumed.Metrics[^1]);
    }

    [Fact]
    public void A_reference_that_float16_cannot_hold_is_refused()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        model.Parameters[^1].SetRows(0, Enumerable.Repeat(1e6f, model.Parameters[^1].Shape.Columns).ToArray());
        TrainingException error = Assert.Throws<TrainingException>(() => new GrpoTrainer(
            model, Toy.Tokenizer, Toy.Prompts("one:"), Toy.Rewards(Toy.LetterShare), GrpoRun.Options with { Beta = 0.1, RefModelDtype = DType.Float16 }, Seed.From(1)));
        Assert.StartsWith($"ref_model_dtype is float16: '{model.Parameters[^1].Name}' [0, 0] is 1000000, beyond float16's", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void Saved_and_loaded_it_goes_on_with_the_same_bits(int at)
    {
        static double? Reward(RewardInput input) => input.Prompt == "flat" ? 1 : input.CompletionIds[^1];
        GrpoOptions options = GrpoRun.Options with { Beta = 0.05, RefModelSyncSteps = 2, RefModelMixupAlpha = 0.6, NumIterations = 2, StepsPerGeneration = 2, DynamicSampling = true };
        using TemporaryFolder folder = TestPaths.NewFolder();
        using GrpoRun unbroken = new GrpoRun(options, Reward, prompts: ["flat", "one:", "two:"]).Steps(at);
        unbroken.Trainer.SaveState(folder.Path);
        using GrpoRun resumed = new(options, Reward, prompts: ["flat", "one:", "two:"]);
        resumed.Trainer.LoadState(folder.Path, at);
        Assert.Equal(at, resumed.Trainer.Step);
        unbroken.Steps(2);
        resumed.Steps(2);
        Assert.Equal(unbroken.Bits, resumed.Bits);
        Assert.Equal(unbroken.Metrics[^1], resumed.Metrics[^1]);
    }

    [Fact]
    public void A_step_given_up_leaves_everything_as_it_was()
    {
        using CancellationTokenSource source = new();
        bool cancel = false;
        double? Reward(RewardInput input)
        {
            if (cancel)
                source.Cancel();                                            // after sampling, before the reference is asked
            return Toy.LetterShare(input);
        }
        using GrpoRun unbroken = new GrpoRun(GrpoRun.Options with { Beta = 0.05 }).Steps(2);
        using GrpoRun interrupted = new GrpoRun(GrpoRun.Options with { Beta = 0.05 }, Reward).Steps(1);
        int[] before = interrupted.Bits;
        cancel = true;
        Assert.Throws<OperationCanceledException>(() => interrupted.Trainer.TrainStep(source.Token));
        Assert.Throws<OperationCanceledException>(() => interrupted.Trainer.TrainStep(new CancellationToken(canceled: true)));
        Assert.Equal(before, interrupted.Bits);
        Assert.Equal(1, interrupted.Trainer.Step);
        cancel = false;
        interrupted.Steps(1);
        Assert.Equal(unbroken.Bits, interrupted.Bits);
        Assert.Equal(unbroken.Metrics[1], interrupted.Metrics[1]);
    }

    [Fact]
    public void Another_seed_gives_other_completions()
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options).Steps(1);
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        using GrpoTrainer other = new(model, Toy.Tokenizer, Toy.Prompts("one:", "two:", "say:"), Toy.Rewards(Toy.LetterShare), GrpoRun.Options, Seed.From(12));
        Assert.NotEqual(run.Samples.Select(sample => sample.Completion), Toy.Train(other, 1)[0].Samples.Select(sample => sample.Completion));
    }

    [Fact]
    public void No_prompt_is_refused()
    {
        using Device device = Device.Cpu(1);
        using CausalModel model = Toy.NewModel(device);
        TrainingException error = Assert.Throws<TrainingException>(() => new GrpoTrainer(model, Toy.Tokenizer, [], Toy.Rewards(_ => 1), GrpoRun.Options, Seed.From(1)));
        Assert.Equal("there is no prompt to sample from", error.Message);
    }
}
