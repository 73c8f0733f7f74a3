using Cerise.Tensors;
using Cerise.Training.Evaluation;

namespace Cerise.Training.Tests.Evaluation;

public class EvaluationStatisticsTests
{
    [Theory]
    [InlineData(10, 3, 1, 0.3)]
    [InlineData(10, 3, 5, 0.91666667)]
    [InlineData(10, 0, 5, 0)]
    [InlineData(10, 8, 5, 1)]
    [InlineData(64, 4, 8, 0.42193284)]
    public void V107_pass_at_k(int samples, int correct, int k, double expected) => Assert.Equal(expected, PassAtK.Estimate(samples, correct, k), 1e-8);

    [Fact]
    public void Pass_at_k_is_averaged_over_problems()
    {
        Assert.Equal(0.5 / 2, PassAtK.Mean([[true, false], [false, false]], 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(4, 1, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => PassAtK.Estimate(4, 5, 1));
    }

    [Fact]
    public void V109_wilson_interval()
    {
        Interval interval = Wilson.Of(18, 30);
        Assert.Equal(0.42320360, interval.Low, 1e-7);
        Assert.Equal(0.75409372, interval.High, 1e-7);
    }

    [Fact]
    public void Wilson_interval_stays_inside_0_and_1()
    {
        Assert.Equal(0, Wilson.Of(0, 10).Low);
        Assert.Equal(1, Wilson.Of(10, 10).High);
        Assert.True(Wilson.Of(0, 10).High is > 0.2 and < 0.35);
        Assert.Throws<ArgumentOutOfRangeException>(() => Wilson.Of(1, 0));
    }

    [Fact]
    public void V110_clustered_standard_error()
    {
        ClusteredMean mean = ClusteredMean.Of([1, 0.75, 0.25, 0]);
        Assert.Equal(0.5, mean.Mean);
        Assert.Equal(0.22821773, mean.StandardError, 1e-8);
        Assert.Equal(new ClusteredMean(1, 0), ClusteredMean.Of([1]));
    }

    [Fact]
    public void V114_majority_vote_gives_a_tie_to_the_first_to_reach_the_count()
    {
        Assert.Equal("12", MajorityVote.Winner(["7", "12", "12", "7", "3"]));
        Assert.Equal("7", MajorityVote.Winner(["7", null, " ", "12", ""]));
        Assert.Null(MajorityVote.Winner([null, ""]));
    }

    [Fact]
    public void Majority_accuracy_counts_problems_whose_winner_is_right()
    {
        IReadOnlyList<string?>[] problems = [["1", "2", "2"], ["1", "1", "2"], [null, null, null]];
        Assert.Equal(2.0 / 3, MajorityVote.Accuracy(problems, 3, (i, answer) => answer == (i == 0 ? "2" : "1")), 1e-12);
        Assert.Equal(1.0 / 3, MajorityVote.Accuracy(problems, 1, (i, answer) => answer == (i == 0 ? "2" : "1")), 1e-12);
    }

    [Fact]
    public void Bootstrap_agrees_with_the_normal_interval_and_repeats()
    {
        double[] values = [.. Enumerable.Range(0, 400).Select(i => i % 10 < 3 ? 1.0 : 0.0)];
        Interval interval = Bootstrap.Mean(values, Seed.From(1));
        Assert.Equal(interval, Bootstrap.Mean(values, Seed.From(1)));
        Assert.NotEqual(interval, Bootstrap.Mean(values, Seed.From(2)));
        double half = Wilson.Z95 * ClusteredMean.Of(values).StandardError;
        Assert.Equal(0.3 - half, interval.Low, 0.006);
        Assert.Equal(0.3 + half, interval.High, 0.006);
        Assert.Equal(new Interval(2, 2), Bootstrap.Mean([2, 2, 2], Seed.From(3)));
    }

    [Fact]
    public void Paired_bootstrap_sees_a_difference_that_separate_intervals_hide()
    {
        // The second model solves a tenth of the problems less, always among those the first one solves.
        double[] first = [.. Enumerable.Range(0, 100).Select(i => i < 50 ? 1.0 : 0.0)];
        double[] second = [.. Enumerable.Range(0, 100).Select(i => i < 40 ? 1.0 : 0.0)];
        Assert.True(Bootstrap.Mean(first, Seed.From(1)).Low < Bootstrap.Mean(second, Seed.From(1)).High);
        Assert.True(Bootstrap.Difference(first, second, Seed.From(1)).Low > 0);
        Assert.Throws<ArgumentException>(() => Bootstrap.Difference([1], [1, 0], Seed.From(1)));
    }
}
