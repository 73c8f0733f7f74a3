using Cerise.Training.Advantages;
using static Cerise.Training.Tests.Advantages.GroupAdvantageTests;

namespace Cerise.Training.Tests.Advantages;

public class TokenAdvantageTests
{
    // log pi_old - log pi_ref of the two completions of V87
    private static readonly double[][] Kl = [[0.1, 0.2], [-0.1, 0, -0.2]];

    [Fact]
    public void V87_reinforce_plus_plus()
    {
        double[][] raw = ReinforcePlusPlus.Raw([1, 0], Kl, 0.1);
        Near([0.97, 0.98], raw[0]);
        Near([0.03, 0.02, 0.02], raw[1]);
        double[][] whitened = ReinforcePlusPlus.Advantages([1, 0], Kl, 0.1);
        Near([1.21395513, 1.23540310], whitened[0]);
        Near([-0.80215409, -0.82360206, -0.82360206], whitened[1]);
    }

    [Fact]
    public void Reinforce_plus_plus_leaves_unscorable_completions_out()
    {
        double[][] advantages = ReinforcePlusPlus.Advantages([1, null, 0], [Kl[0], [5, 5], Kl[1]], 0.1);
        Near([1.21395513, 1.23540310], advantages[0]);
        Assert.Equal([0, 0], advantages[1]);
    }

    [Fact]
    public void V88_reinforce_plus_plus_with_baseline()
    {
        double[] advantages = ReinforcePlusPlus.WithBaseline([1, 0, 1, 1], [0, 0, 1, 1], [2, 1, 3, 2]);
        Near([1.45960082, -1.87662962, -0.20851440, -0.20851440], advantages);
        Near([1.45960082, 0, -1.87662962, -0.20851440, -0.20851440], ReinforcePlusPlus.WithBaseline([1, null, 0, 1, 1], [0, 0, 0, 1, 1], [2, 9, 1, 3, 2]));
    }

    [Fact]
    public void V90_process_supervision()
    {
        double[][] advantages = ProcessSupervision.Advantages(
            [[new(1, 0.9), new(3, 0.2)], [new(0, 0.4), new(2, 0.5), new(4, 1)]], [4, 5]);
        Near([-0.32969024, -0.32969024, -1.31876095, -1.31876095], advantages[0]);
        Near([0.32969024, 0.98907071, 0.98907071, 1.31876095, 1.31876095], advantages[1]);
    }

    [Fact]
    public void Process_supervision_of_equal_steps_is_zero_and_a_step_outside_is_refused()
    {
        Assert.Equal([0, 0], ProcessSupervision.Advantages([[new(0, 1), new(1, 1)]], [2])[0]);
        Assert.Throws<ArgumentException>(() => ProcessSupervision.Advantages([[new(2, 1)]], [2]));
    }

    [Fact]
    public void V91_several_rewards_summed_first_or_normalised_first()
    {
        double?[] first = [1, 0, 1, 0], second = [0, 0, 1, 1];
        int[] group = [0, 0, 0, 0];
        Near([0, -1.22459489, 1.22459489, 0], GroupAdvantage.Normalized([1, 0, 2, 1], group));
        Near([0, -1.73175086, 1.73175086, 0], Gdpo.Advantages([first, second], [1, 1], group, normalizeBatch: false));
        Near([0, -1.22465826, 1.22465826, 0], Gdpo.Advantages([first, second], [1, 1], group));
    }

    [Fact]
    public void Gdpo_weights_count_and_unscorable_rows_get_zero()
    {
        double?[] first = [1, 0, null], second = [0, 1, null];
        Near([1, -1, 0], [.. Gdpo.Advantages([first, second], [3, 1], [0, 0, 0]).Select(a => Math.Round(a * Math.Sqrt(2), 3))]);
    }

    [Fact]
    public void V84_dynamic_sampling_keeps_groups_with_a_difference()
    {
        bool[] keep = DynamicSampling.Keep([1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 0, 1], [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
        Assert.Equal([.. Enumerable.Repeat(false, 8), .. Enumerable.Repeat(true, 4)], keep);
        Assert.Equal([false, true, false, true], DynamicSampling.Keep([1, 0, null, 1], [5, 4, 5, 4]));
    }

    [Fact]
    public void Statistics_carry_the_metrics_of_a_step()
    {
        RewardStatistics statistics = RewardStatistics.Of([1, 0, 1, 1, null, null], [0, 0, 1, 1, 2, 2]);
        Assert.Equal(0.75, statistics.Mean);
        Assert.Equal(Math.Sqrt(0.5) / 3, statistics.Std, 1e-12);
        Assert.Equal(2.0 / 3, statistics.FractionZeroStd, 1e-12);
        Assert.Equal(2, statistics.Unscored);
    }
}
