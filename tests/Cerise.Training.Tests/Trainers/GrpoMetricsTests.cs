using Cerise.Models.Generation;
using Cerise.Training.Advantages;
using Cerise.Training.Losses;
using Cerise.Training.Rewards;
using Cerise.Training.Rollouts;
using Cerise.Training.Runs;
using Cerise.Training.Tests.Rewards;
using Cerise.Training.Trainers;

namespace Cerise.Training.Tests.Trainers;

public class GrpoMetricsTests
{
    [Fact]
    public void V53_share_of_clipped_tokens()
    {
        // The three tokens that count, each a completion of its own: ratios 1.35, 0.90 and 1.82 with advantages 1, -0.5 and 1.
        StepMetrics metrics = Of(new GrpoOptions(), [[-1.2f], [-1.5f], [-1]], [1, -0.5, 1], [-0.9f, -1.6f, -0.4f]);
        Assert.Equal(2 / 3.0, metrics["clip_ratio/high_mean"], 1e-12);
        Assert.Equal(0, metrics["clip_ratio/low_mean"]);
        Assert.Equal(2 / 3.0, metrics["clip_ratio/region_mean"], 1e-12);
    }

    [Fact]
    public void Below_the_range_only_bad_tokens_are_clipped()
    {
        StepMetrics metrics = Of(new GrpoOptions(), [[-1], [-1], [-1], [-1]], [1, -1, 1, -1], [-1.5f, -1.5f, -1, -1]);
        Assert.Equal((0.25, 0.0, 0.25), (metrics["clip_ratio/low_mean"], metrics["clip_ratio/high_mean"], metrics["clip_ratio/region_mean"]));
    }

    [Fact]
    public void Gspo_clips_whole_completions_by_their_own_ratio()
    {
        // exp(0.05) and exp(-0.05), as in V85: within 0.2 of 1 although single tokens are not, outside of 3e-4.
        float[][] old = [[-0.6f, -0.7f], [-1, -0.5f, -0.3f, -1.5f]];
        float[] logProbs = [-0.5f, -0.7f, -1, -0.2f, -0.3f, -2];
        StepMetrics wide = Of(new GrpoOptions { LossType = PolicyLossType.Gspo }, old, [1, -1], logProbs);
        Assert.Equal(0, wide["clip_ratio/region_mean"]);
        StepMetrics narrow = Of(new GrpoOptions { LossType = PolicyLossType.Gspo, Epsilon = 3e-4, EpsilonHigh = 4e-4 }, old, [1, -1], logProbs);
        Assert.Equal((4 / 6.0, 2 / 6.0, 1.0), (narrow["clip_ratio/low_mean"], narrow["clip_ratio/high_mean"], narrow["clip_ratio/region_mean"]));
    }

    [Fact]
    public void Cispo_caps_weights_whatever_the_advantage()
    {
        GrpoOptions options = new() { LossType = PolicyLossType.Cispo, WeightCap = 1.2 };
        StepMetrics metrics = Of(options, [[-1.2f], [-1.5f], [-1], [-1]], [1, -0.5, -1, 1], [-0.9f, -1.6f, -0.4f, -3]);
        Assert.Equal((0.0, 0.5, 0.5), (metrics["clip_ratio/low_mean"], metrics["clip_ratio/high_mean"], metrics["clip_ratio/region_mean"]));
    }

    private static StepMetrics Of(GrpoOptions options, float[][] old, double[] advantages, float[] logProbs)
    {
        Rollout[] rollouts = [.. old.Select(row => Toy.Rollout(0, row.Length) with { Completion = new Completion([.. Enumerable.Range(1, row.Length)], row, FinishReason.Stop) })];
        RewardScores scores = Toy.Rewards(_ => 1).Score(new RewardBatch([.. rollouts.Select(_ => Inputs.Of("a"))]));
        GrpoMetrics metrics = new(new GrpoBatch(rollouts, advantages, options), scores, RewardStatistics.Of([.. scores.Total], new int[rollouts.Length]), options);
        metrics.Add([.. Enumerable.Range(0, rollouts.Length)], logProbs, new float[logProbs.Length], 0.5);
        metrics.Updated(1, 1);
        return metrics.Result(10).Metrics;
    }
}
