using Cerise.Cli.Panel;
using Cerise.Training.Runs;

namespace Cerise.Cli.Tests.Panel;

public sealed class PlainProgressTests
{
    private static string[] Lines(StringWriter output) => output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries);

    [Fact]
    public void A_stage_reads_as_a_few_lines()
    {
        var time = new ManualTime();
        using var output = new StringWriter();
        var progress = new PlainProgress(output, time);
        progress.StageStarted("grpo", 2);
        for (int step = 1; step <= 2; step++)
        {
            time.Advance(1.5);
            progress.Step(step, new StepMetrics { { "loss", 0.25 }, { "reward", step / 4.0 }, { "kl", 1e-5 }, { "num_tokens", step * 300 } });
        }
        progress.Message("base 20 %, final 95 %");
        progress.StageEnded();
        Assert.Equal(
            [
                "grpo: 2 steps",
                "grpo 1/2  reward 0.2500  kl 1e-5  loss 0.2500  (1.50 s/step, 0:02 left)",
                "grpo 2/2  reward 0.5000  kl 1e-5  loss 0.2500  (200 tokens/s, 1.50 s/step, 0:00 left)",
                "base 20 %, final 95 %",
                "grpo: done, 2 steps in 0:03",
            ],
            Lines(output));
    }

    [Fact]
    public void Steps_have_the_name_the_stage_gives_them()
    {
        using var output = new StringWriter();
        var time = new ManualTime();
        var progress = new PlainProgress(output, time);
        progress.StageStarted("evaluate", 1, step: "model");
        time.Advance(2);
        progress.Step(1, []);
        progress.StageEnded();
        Assert.Equal(["evaluate: 1 model", "evaluate 1/1    (2.00 s/model, 0:00 left)", "evaluate: done, 1 model in 0:02"], Lines(output));
    }

    [Fact]
    public void Fast_steps_are_throttled_and_slow_ones_are_not_kept_back()
    {
        var time = new ManualTime();
        using var fast = new StringWriter();
        var progress = new PlainProgress(fast, time);
        progress.StageStarted("pretrain", 10_000);
        for (int step = 1; step <= 10_000; step++)
        {
            time.Advance(0.02);                                             // 200 seconds in all
            progress.Step(step, new StepMetrics { { "loss", 1 } });
        }
        Assert.InRange(Lines(fast).Length, 35, 45);

        using var slow = new StringWriter();
        progress = new PlainProgress(slow, time);
        progress.StageStarted("grpo", 10_000);
        for (int step = 1; step <= 10; step++)
        {
            time.Advance(70);
            progress.Step(step, new StepMetrics { { "loss", 1 } });
        }
        Assert.Equal(11, Lines(slow).Length);
    }

    [Fact]
    public void A_resumed_and_interrupted_stage_says_so()
    {
        using var output = new StringWriter();
        var progress = new PlainProgress(output, new ManualTime());
        progress.StageStarted("grpo", 200, 40);
        progress.Step(41, new StepMetrics { { "loss", 1 } });
        progress.StageEnded();
        progress.StageEnded();
        Assert.Equal("grpo: 200 steps, going on after step 40", Lines(output)[0]);
        Assert.Equal("grpo: stopped after step 41 of 200, 0:00", Lines(output)[^1]);
        Assert.Equal(3, Lines(output).Length);
    }
}
