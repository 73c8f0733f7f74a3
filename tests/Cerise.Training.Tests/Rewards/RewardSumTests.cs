using Cerise.Training.Rewards;

namespace Cerise.Training.Tests.Rewards;

public class RewardSumTests
{
    [Fact]
    public void Weighted_scores_are_added_and_measured_by_reward()
    {
        var sum = new RewardSum([new(new FormatReward()), new(new Fixed("bonus", 1, 0), 0.5)]);
        RewardScores scores = sum.Score(Inputs.Batch(Inputs.Of("<think>a</think><answer>b</answer>"), Inputs.Of("no")));
        Assert.Equal([1.5, 0], scores.Total);
        Assert.Equal(["format", "bonus"], sum.Names);
        Assert.Equal(0.5, scores.Components[0].Mean);
        Assert.Equal(Math.Sqrt(0.5), scores.Components[1].Std, 1e-12);
        Assert.Equal(
            ["rewards/format/mean", "rewards/format/std", "rewards/format/errors", "rewards/bonus/mean", "rewards/bonus/std", "rewards/bonus/errors"],
            scores.Metrics().Select(metric => metric.Key));
    }

    [Fact]
    public void Partial_nulls_sum_the_others_and_all_null_is_left_out()
    {
        var sum = new RewardSum([new(new Fixed("a", null, null, 2)), new(new Fixed("b", 1, null, 1)), new(new Fixed("logged", 5, 5, 5), 0)]);
        RewardScores scores = sum.Score(Rows(3));
        Assert.Equal([1, null, 3], scores.Total);
        Assert.Equal(1, scores.Components[0].Scored);
        Assert.Equal(2, scores.Components[0].Mean);
        Assert.Equal(0, scores.Components[0].Errors);
    }

    [Fact]
    public void A_row_that_throws_is_a_counted_error_and_no_score()
    {
        var sum = new RewardSum([new(new ByRow(i => i == 1 ? throw new InvalidOperationException("broken") : i)), new(new Fixed("b", 1, 1, 1))]);
        RewardScores scores = sum.Score(Rows(3));
        Assert.Equal([1, 1, 3], scores.Total);
        Assert.Equal(1, scores.Components[0].Errors);
        Assert.Equal("row 1: InvalidOperationException: broken", scores.Components[0].FirstError);
        Assert.Equal([0, null, 2], scores.Components[0].Scores);
    }

    [Fact]
    public void A_batch_that_throws_makes_every_row_an_error()
    {
        RewardScores scores = new RewardSum([new(new Whole(_ => throw new IOException("gone")))]).Score(Rows(2));
        Assert.Equal([null, null], scores.Total);
        Assert.Equal(2, scores.Components[0].Errors);
    }

    [Fact]
    public void A_row_that_hangs_is_given_up_and_the_others_are_still_scored()
    {
        using var never = new ManualResetEventSlim();
        var sum = new RewardSum([new(new ByRow(i =>
        {
            if (i is 0 or 2)
                never.Wait();
            return i;
        }))], TimeSpan.FromMilliseconds(100));
        RewardScores scores = sum.Score(Rows(4));
        never.Set();
        Assert.Equal([null, 1, null, 3], scores.Total);
        Assert.Equal(2, scores.Components[0].Errors);
        Assert.Equal("row 0: no result within 0.1 s", scores.Components[0].FirstError);
    }

    [Fact]
    public void A_score_that_is_not_finite_is_an_error()
    {
        RewardScores scores = new RewardSum([new(new Fixed("a", double.NaN, double.PositiveInfinity, 1))]).Score(Rows(3));
        Assert.Equal([null, null, 1], scores.Total);
        Assert.Equal(2, scores.Components[0].Errors);
    }

    [Fact]
    public void A_wrong_number_of_scores_is_refused()
    {
        var error = Assert.Throws<RewardException>(() => new RewardSum([new(new Fixed("a", 1))]).Score(Rows(3)));
        Assert.Equal("reward 'a' returned 1 scores for 3 completions. Return one for each, null where there is none.", error.Message);
        Assert.Throws<RewardException>(() => new RewardSum([new(new Whole(_ => null!))]).Score(Rows(1)));
    }

    [Fact]
    public void Unusable_lists_are_refused()
    {
        Assert.Contains("empty", Assert.Throws<RewardException>(() => new RewardSum([])).Message, StringComparison.Ordinal);
        Assert.Contains("'a' occurs more than once", Message(new(new Fixed("a")), new(new Fixed("a"))), StringComparison.Ordinal);
        Assert.Contains("the weight of 'a' is NaN", Message(new WeightedReward(new Fixed("a"), double.NaN)), StringComparison.Ordinal);
        Assert.Contains("every weight is 0", Message(new WeightedReward(new Fixed("a"), 0)), StringComparison.Ordinal);

        static string Message(params WeightedReward[] rewards) => Assert.Throws<RewardException>(() => new RewardSum(rewards)).Message;
    }

    [Fact]
    public void An_empty_batch_has_no_scores() => Assert.Empty(new RewardSum([new(new FormatReward())]).Score(Inputs.Batch()).Total);

    private static RewardBatch Rows(int count) => new([.. Enumerable.Range(0, count).Select(i => Inputs.Of("", i))]);

    private sealed class Fixed(string name, params double?[] scores) : IReward
    {
        public string Name => name;

        public double?[] Score(RewardBatch batch) => scores;
    }

    private sealed class Whole(Func<RewardBatch, double?[]> score) : IReward
    {
        public string Name => "whole";

        public double?[] Score(RewardBatch batch) => score(batch);
    }

    // The row's number is the length of its completion.
    private sealed class ByRow(Func<int, double?> score) : RowReward("by_row")
    {
        public override double? Score(RewardInput input) => score(input.CompletionIds.Count);
    }
}
