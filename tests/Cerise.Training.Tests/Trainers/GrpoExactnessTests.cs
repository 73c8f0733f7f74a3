using Cerise.Training.Advantages;
using Cerise.Training.Losses;
using Cerise.Training.Rewards;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

/// <summary>Settings that only say how a step is computed leave every bit of its result alone.</summary>
public class GrpoExactnessTests
{
    public static TheoryData<PolicyLossType> LossTypes => [.. Enum.GetValues<PolicyLossType>()];

    [Theory]
    [MemberData(nameof(LossTypes))]
    public void Micro_batches_change_neither_gradient_nor_weights(PolicyLossType type)
    {
        // A group of 6 completions of up to 8 tokens and a prompt of 4 takes 52 at most; without sharing even single sequences may be cut apart.
        GrpoOptions options = GrpoRun.Options with { LossType = type, Beta = 0.05, NumIterations = 2 };
        foreach ((bool shared, int most) in ((bool, int)[])[(true, 52), (true, 70), (false, 1), (false, 37)])
        {
            using GrpoRun whole = new GrpoRun(options with { SharedPrefix = shared }).Steps(2);
            using GrpoRun cut = new GrpoRun(options with { SharedPrefix = shared, MaxTokensPerMicroBatch = most }).Steps(2);
            Assert.Equal(Bits(whole.FirstMoments()), Bits(cut.FirstMoments()));
            Assert.Equal(whole.Bits, cut.Bits);
            Assert.Equal(whole.Metrics[1]["grad_norm"], cut.Metrics[1]["grad_norm"]);
            Assert.Equal(whole.Metrics[1]["loss"], cut.Metrics[1]["loss"], 1e-6);
        }
    }

    [Theory]
    [MemberData(nameof(LossTypes))]
    public void A_shared_prompt_changes_no_bit_of_the_loss_and_the_gradient_only_in_its_rounding(PolicyLossType type)
    {
        GrpoOptions options = GrpoRun.Options with { LossType = type, Beta = 0.05 };
        using GrpoRun shared = new GrpoRun(options).Steps(1);
        using GrpoRun repeated = new GrpoRun(options with { SharedPrefix = false }).Steps(1);
        foreach (string metric in (string[])["loss", "entropy", "kl", "clip_ratio/region_mean", "num_tokens"])
            Assert.Equal(repeated.Metrics[0][metric], shared.Metrics[0][metric]);
        AssertClose(repeated.FirstMoments(), shared.FirstMoments());
    }

    [Fact]
    public void A_group_cut_apart_shares_its_prompt_in_parts_and_changes_the_gradient_only_in_its_rounding()
    {
        using GrpoRun whole = new GrpoRun(GrpoRun.Options).Steps(1);
        foreach (int most in (int[])[1, 25])
        {
            using GrpoRun cut = new GrpoRun(GrpoRun.Options with { MaxTokensPerMicroBatch = most }).Steps(1);
            Assert.Equal(whole.Metrics[0]["loss"], cut.Metrics[0]["loss"], 1e-6);
            AssertClose(whole.FirstMoments(), cut.FirstMoments());
        }
    }

    private static int[] Bits(float[] numbers) => Array.ConvertAll(numbers, BitConverter.SingleToInt32Bits);

    // As vectors: the length of the difference against the length of the gradient.
    private static void AssertClose(float[] expected, float[] actual)
    {
        double squares = expected.Sum(g => (double)g * g);
        Assert.True(squares > 0);
        Assert.InRange(Math.Sqrt(expected.Zip(actual, (a, b) => Math.Pow((double)a - b, 2)).Sum() / squares), 0, 2e-6);
    }

    [Fact]
    public void The_rollout_batch_size_changes_no_completion()
    {
        using GrpoRun many = new GrpoRun(GrpoRun.Options).Steps(2);
        using GrpoRun few = new GrpoRun(GrpoRun.Options with { RolloutBatchSize = 5 }).Steps(2);
        Assert.Equal(many.Samples.Select(sample => sample.Completion), few.Samples.Select(sample => sample.Completion));
        Assert.Equal(many.Bits, few.Bits);
    }

    [Fact]
    public void Threads_change_no_bit()
    {
        GrpoOptions options = GrpoRun.Options with { Beta = 0.05, StepsPerGeneration = 2 };
        using GrpoRun one = new GrpoRun(options).Steps(2);
        foreach (int threads in (int[])[2, 3])
        {
            using GrpoRun more = new GrpoRun(options, threads: threads).Steps(2);
            Assert.Equal(one.Bits, more.Bits);
            Assert.Equal(one.Metrics[1], more.Metrics[1]);
        }
    }

    [Theory]
    [MemberData(nameof(LossTypes))]
    public void Rows_without_an_advantage_may_be_skipped(PolicyLossType type)
    {
        // With a penalty no row is skipped; at the first update policy and reference are one, so the penalty adds exact zeros.
        Func<RewardInput, double?> reward = input => input.Prompt == "flat" ? 1 : Toy.LetterShare(input);
        GrpoOptions options = GrpoRun.Options with { LossType = type, ScaleRewards = ScaleRewards.None };
        using GrpoRun skipped = new GrpoRun(options, reward, prompts: ["flat", "one:"]).Steps(1);
        using GrpoRun computed = new GrpoRun(options with { Beta = 0.5 }, reward, prompts: ["flat", "one:"]).Steps(1);
        Assert.Equal(6, skipped.Samples.Count(sample => sample.Advantage == 0));
        Assert.Equal(Bits(skipped.FirstMoments()), Bits(computed.FirstMoments()));
        Assert.Equal(skipped.Bits, computed.Bits);
    }

    [Theory]
    [InlineData(1, 1, 0, 0, 1)]
    [InlineData(0.7, 1, 0, 0, 1)]
    [InlineData(1, 0.8, 0, 0, 1)]
    [InlineData(1.3, 1, 20, 0, 1)]
    [InlineData(1, 1, 0, 0.3, 1)]
    [InlineData(1, 1, 0, 0, 1.4)]
    public void The_first_updates_ratio_is_exactly_1_however_tokens_are_drawn(double temperature, double topP, int topK, double minP, double repetitionPenalty)
    {
        // The trainer compares bits and would throw; a clip range this narrow would show any other difference.
        using GrpoRun run = new(GrpoRun.Options with
        {
            Temperature = temperature,
            TopP = topP,
            TopK = topK,
            MinP = minP,
            RepetitionPenalty = repetitionPenalty,
            Epsilon = 1e-12,
        });
        run.Steps(3);
        Assert.All(run.Metrics, metrics => Assert.Equal(0, metrics["clip_ratio/region_mean"]));
        Assert.All(run.Metrics, metrics => Assert.True(metrics["grad_norm"] > 0));
    }

    [Fact]
    public void On_policy_the_loss_is_minus_the_mean_advantage()
    {
        using GrpoRun run = new GrpoRun(GrpoRun.Options).Steps(1);
        double tokens = run.Samples.Sum(sample => sample.Tokens!.Value);
        Assert.Equal(-run.Samples.Sum(sample => sample.Advantage!.Value * sample.Tokens!.Value) / tokens, run.Metrics[0]["loss"], 1e-6);
    }

    [Fact]
    public void On_policy_the_clipped_losses_of_one_normalization_are_one()
    {
        using GrpoRun dapo = new GrpoRun(GrpoRun.Options).Steps(2);
        using GrpoRun bnpo = new GrpoRun(GrpoRun.Options with { LossType = PolicyLossType.Bnpo, Epsilon = 0.01, Delta = 3 }).Steps(2);
        Assert.Equal(dapo.Bits, bnpo.Bits);
    }
}
