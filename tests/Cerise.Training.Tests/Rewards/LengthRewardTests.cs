using Cerise.Training.Rewards;
using Cerise.Training.Verifiers;

namespace Cerise.Training.Tests.Rewards;

public class LengthRewardTests
{
    private const string Gold = """{"answer": "1"}""";
    private const string Right = "<answer>1</answer>", Wrong = "<answer>2</answer>";
    private static readonly AccuracyReward Accuracy = new(new NumberVerifier());

    [Theory]
    [InlineData(16000, 0)]
    [InlineData(16384, 0)]
    [InlineData(17408, -0.25)]
    [InlineData(18432, -0.5)]
    [InlineData(20480, -1)]
    [InlineData(20481, -1)]
    public void V83_overlong_shaping(int length, double expected)
    {
        Assert.Equal(expected, new SoftOverlongReward(4096, 20480).Score(Inputs.Of("", length)));
        Assert.Equal(expected, new SoftOverlongReward(4096).Score(Inputs.Of("", length, limit: 20480)));
    }

    [Theory]
    [InlineData(0, 1.0)]
    [InlineData(25, 0.92677670)]
    [InlineData(50, 0.75)]
    [InlineData(100, 0.5)]
    [InlineData(150, 0.5)]
    public void V96_cosine_length(int length, double expected)
    {
        var reward = new CosineLengthReward(Accuracy, new CosineLengthOptions { MaxLen = 100 });
        Assert.Equal(expected, reward.Score(Inputs.Of(Right, length, Gold))!.Value, 1e-7);
        Assert.Equal(-expected, reward.Score(Inputs.Of(Wrong, length, Gold))!.Value, 1e-7);
        Assert.Equal(expected, new CosineLengthReward(Accuracy).Score(Inputs.Of(Right, length, Gold, limit: 100))!.Value, 1e-7);
        Assert.Null(reward.Score(Inputs.Of(Right, length)));
    }

    [Fact]
    public void V98_kimi_length()
    {
        var reward = new KimiLengthReward(Accuracy);
        Assert.Equal([0.5, 0, -0.5], reward.Score(Group(Right)));
        Assert.Equal([0, 0, -0.5], reward.Score(Group(Wrong)));

        static RewardBatch Group(string completion) =>
            Inputs.Batch(Inputs.Of(completion, 100, Gold), Inputs.Of(completion, 200, Gold), Inputs.Of(completion, 300, Gold));
    }

    [Fact]
    public void Kimi_length_compares_inside_a_group_only()
    {
        RewardInput other = Inputs.Of(Right, 5, Gold) with { GroupId = 1 };
        Assert.Equal([0.5, 0, -0.5], new KimiLengthReward(Accuracy).Score(Inputs.Batch(Inputs.Of(Right, 100, Gold), other, Inputs.Of(Right, 300, Gold))));
        Assert.Equal([null], new KimiLengthReward(Accuracy).Score(Inputs.Batch(Inputs.Of(Right, 100))));
    }

    [Fact]
    public void A_length_reward_without_any_limit_is_an_error_that_says_so()
    {
        RewardScores scores = new RewardSum([new(new SoftOverlongReward(10)), new(new CosineLengthReward(Accuracy))]).Score(Inputs.Batch(Inputs.Of(Right, 1, Gold)));
        Assert.All(scores.Components, component => Assert.Contains("set max_", component.FirstError, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 0.5)]
    [InlineData(20, 1)]
    [InlineData(30, 0.5)]
    [InlineData(100, 0)]
    public void Length_alone_peaks_at_its_target(int length, double expected) => Assert.Equal(expected, new LengthReward(20).Score(Inputs.Of("", length)));

    [Fact]
    public void V97_repetition_penalty()
    {
        RewardInput fives = Inputs.Of("5 5 5 5 5") with { CompletionIds = [5, 5, 5, 5, 5] };
        Assert.Equal(-0.75, new RepetitionPenaltyReward(2, -1).Score(fives));
        Assert.Equal(-0.75, new RepetitionPenaltyReward(2, -1, RepetitionUnit.Words).Score(fives));
        Assert.Equal(0, new RepetitionPenaltyReward(6, -1).Score(fives));
        Assert.Equal(0, new RepetitionPenaltyReward(2, -1).Score(fives with { CompletionIds = [1, 2, 3, 4] }));
    }
}
