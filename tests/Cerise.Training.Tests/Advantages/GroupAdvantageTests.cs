using Cerise.Training.Advantages;

namespace Cerise.Training.Tests.Advantages;

public class GroupAdvantageTests
{
    private static readonly int[] OneGroup = [0, 0, 0, 0];

    [Fact]
    public void V71_leave_one_out()
    {
        Near([0.66666667, -0.66666667, -0.66666667, 0.66666667], GroupAdvantage.LeaveOneOut([1, 0, 0, 1], OneGroup));
        Near([0, 0.66666667, -0.33333333, -0.33333333], GroupAdvantage.LeaveOneOut([0.5, 1, 0.25, 0.25], OneGroup));
    }

    [Fact]
    public void V72_group_normalised()
    {
        double?[] rewards = [1, 0, 0, 1];
        Near([0.86587543, -0.86587543, -0.86587543, 0.86587543], GroupAdvantage.Normalized(rewards, OneGroup));
        Near([0.86602390, -0.86602390, -0.86602390, 0.86602390], GroupAdvantage.Normalized(rewards, OneGroup, eta: 1e-6));
        Near([1, -1, -1, 1], GroupAdvantage.Normalized(rewards, OneGroup, eta: 0, ddof: 0));
        Near([0.5, -0.5, -0.5, 0.5], GroupAdvantage.Normalized(rewards, OneGroup, ScaleRewards.None));
    }

    [Fact]
    public void V73_one_success_in_eight()
    {
        double?[] rewards = [0, 0, 0, 1, 0, 0, 0, 0];
        double[] grpo = GroupAdvantage.Normalized(rewards, new int[8]);
        double[] drGrpo = GroupAdvantage.Normalized(rewards, new int[8], ScaleRewards.None);
        Near([2.47417393, -0.35345342], [grpo[3], grpo[0]]);
        Near([0.875, -0.125], [drGrpo[3], drGrpo[0]]);
    }

    [Theory]
    [InlineData(1.0)]
    [InlineData(0.0)]
    public void V74_all_equal_group_gets_exactly_zero(double reward)
    {
        double?[] rewards = [reward, reward, reward, reward];
        foreach (ScaleRewards scale in Enum.GetValues<ScaleRewards>())
            Assert.Equal([0, 0, 0, 0], GroupAdvantage.Normalized(rewards, OneGroup, scale));
        Assert.Equal([0, 0, 0, 0], GroupAdvantage.LeaveOneOut(rewards, OneGroup));
        Assert.Equal(1, RewardStatistics.Of(rewards, OneGroup).FractionZeroStd);
    }

    [Fact]
    public void V75_rounding_noise_is_no_signal()
    {
        double?[] rewards = [0.7 + 3e-8, 0.7 - 3e-8];
        Near([0.69082391, -0.69082391], GroupAdvantage.Normalized(rewards, [0, 0], eta: 1e-9, zeroRange: 0));
        Near([0.00029987, -0.00029987], GroupAdvantage.Normalized(rewards, [0, 0], zeroRange: 0));
        Assert.Equal([0, 0], GroupAdvantage.Normalized(rewards, [0, 0]));
    }

    [Fact]
    public void V76_single_element_group_gets_zero()
    {
        Assert.Equal([0], GroupAdvantage.Normalized([0.7], [0]));
        Assert.Equal([0], GroupAdvantage.LeaveOneOut([0.7], [0]));
    }

    [Fact]
    public void V77_against_the_greedy_completion() => Near([0.3, 0, 0], GroupAdvantage.AgainstGreedy([0.8, null, 1], [0.5, 1, null]));

    [Fact]
    public void Batch_scale_divides_by_the_deviation_of_all_rows()
    {
        double[] advantages = GroupAdvantage.Normalized([1, 0, 1, 1], [0, 0, 1, 1], ScaleRewards.Batch);
        Near([0.5 / 0.5001, -0.5 / 0.5001, 0, 0], advantages);             // std of [1, 0, 1, 1] with ddof 1 is 0.5
    }

    [Fact]
    public void Groups_go_by_id_not_by_place()
    {
        double[] apart = GroupAdvantage.Normalized([1, 3, 0, 5, 0, 1], [7, 2, 7, 2, 7, 7]);
        double[] first = GroupAdvantage.Normalized([1, 0, 0, 1], OneGroup);
        double[] second = GroupAdvantage.Normalized([3, 5], [0, 0]);
        Assert.Equal([first[0], second[0], first[1], second[1], first[2], first[3]], apart);
        double[] leaveOneOut = GroupAdvantage.LeaveOneOut([1, 3, 0, 5], [7, 2, 7, 2]);
        Near([1, -2, -1, 2], leaveOneOut);
    }

    [Fact]
    public void Unscorable_members_are_left_out_of_the_baseline()
    {
        double[] advantages = GroupAdvantage.Normalized([1, null, 0, 0, 1], new int[5]);
        Near([0.86587543, 0, -0.86587543, -0.86587543, 0.86587543], advantages);
        Near([1, 0, -1], GroupAdvantage.LeaveOneOut([1, null, 0], new int[3]));
        Assert.Equal([0, 0], GroupAdvantage.Normalized([1, null], new int[2]));
    }

    [Fact]
    public void Unequal_lengths_are_refused()
    {
        Assert.Throws<ArgumentException>(() => GroupAdvantage.Normalized([1, 0], [0]));
        Assert.Throws<ArgumentException>(() => GroupAdvantage.AgainstGreedy([1, 0], [1]));
    }

    internal static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++)
            Assert.Equal(expected[i], actual[i], 1e-6);
    }
}
