using Cerise.Cli.Panel;
using Cerise.Training.Runs;

namespace Cerise.Cli.Tests.Panel;

public sealed class StageMeterTests
{
    [Fact]
    public void Speed_and_time_left_follow_the_latest_steps()
    {
        var time = new ManualTime();
        var meter = new StageMeter("grpo", 100, 0, "step", time);
        Assert.Null(meter.TimeLeft);
        Assert.Null(meter.TokensPerSecond);
        for (int step = 1; step <= 40; step++)
        {
            time.Advance(step <= 20 ? 1 : 3);
            meter.Add(step, new StepMetrics { { "num_tokens", step * 600 } });
        }
        Assert.Equal(3, meter.SecondsPerStep);
        Assert.Equal(200, meter.TokensPerSecond!.Value, 6);
        Assert.Equal(TimeSpan.FromSeconds(180), meter.TimeLeft);
        Assert.Equal(TimeSpan.FromSeconds(80), meter.Elapsed);
        Assert.Equal(0.4, meter.Share);
    }

    [Fact]
    public void Steps_of_an_earlier_run_do_not_count_for_the_speed()
    {
        var time = new ManualTime();
        var meter = new StageMeter("grpo", 100, 90, "step", time);
        time.Advance(2);
        meter.Add(91, []);
        Assert.Equal(TimeSpan.FromSeconds(18), meter.TimeLeft);
        Assert.Equal(1, meter.StepsHere);
    }

    [Fact]
    public void The_curve_is_the_reward_where_there_is_one()
    {
        var meter = new StageMeter("grpo", 10, 0, "step", new ManualTime());
        meter.Add(1, new StepMetrics { { "loss", 3 } });
        Assert.Equal(("loss", 3.0), (meter.CurveName, meter.Curve[^1]));
        var rewarded = new StageMeter("grpo", 10, 0, "step", new ManualTime());
        rewarded.Add(1, new StepMetrics { { "loss", 3 }, { "reward", 0.5 } });
        Assert.Equal(("reward", 0.5), (rewarded.CurveName, rewarded.Curve[^1]));
    }

    [Fact]
    public void The_last_evaluation_stays_beside_the_latest_values()
    {
        var meter = new StageMeter("sft", 10, 0, "step", new ManualTime());
        meter.Add(1, new StepMetrics { { "loss", 3 } });
        Assert.Equal([("loss", 3.0)], meter.Values);
        meter.Add(2, new StepMetrics { { "loss", 2 }, { "eval_loss", 2.5 }, { "eval_mean_token_accuracy", 0.25 } });
        meter.Add(3, new StepMetrics { { "loss", 1 } });
        Assert.Equal([("loss", 1.0), ("eval_loss", 2.5), ("eval_accuracy", 0.25)], meter.Values);
    }

    [Theory]
    [InlineData(0, "0")]
    [InlineData(0.00001234, "1.23e-5")]
    [InlineData(0.03219, "0.0322")]
    [InlineData(1.23456, "1.235")]
    [InlineData(-45.678, "-45.68")]
    [InlineData(12345, "12,345")]
    [InlineData(double.NaN, "nan")]
    [InlineData(double.NegativeInfinity, "-inf")]
    public void Numbers_are_short(double value, string text) => Assert.Equal(text, ProgressText.Number(value));

    [Theory]
    [InlineData(7, "0:07")]
    [InlineData(59.7, "1:00")]
    [InlineData(750, "12:30")]
    [InlineData(3723, "1:02:03")]
    [InlineData(100_000, "27:46:40")]
    public void Times_are_readable(double seconds, string text) => Assert.Equal(text, ProgressText.Duration(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void A_sparkline_fits_its_width_and_spans_its_levels()
    {
        double[] rise = [.. Enumerable.Range(0, 1000).Select(i => (double)i)];
        Assert.Equal("▁▂▃▄▅▆▇█", Sparkline.Draw(rise, 8, unicode: true));
        Assert.Equal("_.-=+*#@", Sparkline.Draw(rise, 8, unicode: false));
        Assert.Equal("▁█", Sparkline.Draw([1, double.NaN, 2], 8, unicode: true));
        Assert.Equal("▁▁▁", Sparkline.Draw([5, 5, 5], 8, unicode: true));
        Assert.Equal("", Sparkline.Draw([double.NaN], 8, unicode: true));
        Assert.Equal("", Sparkline.Draw([1], 0, unicode: true));
    }
}
