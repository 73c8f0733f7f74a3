using Cerise.Cli.Panel;
using Cerise.Training.Runs;
using Spectre.Console;

namespace Cerise.Cli.Tests.Panel;

public sealed class LivePanelTests
{
    private static IAnsiConsole Terminal(TextWriter output, bool ansi, int width = 70)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.Yes,
            Out = new AnsiConsoleOutput(output),
        });
        console.Profile.Width = width;
        console.Profile.Capabilities.Unicode = true;
        return console;
    }

    private static StageMeter Meter(ManualTime time)
    {
        var meter = new StageMeter("grpo", 200, 0, "step", time);
        for (int step = 1; step <= 120; step++)
        {
            time.Advance(1.25);
            meter.Add(step, new StepMetrics { { "reward", step / 100.0 }, { "kl", 0.0031 }, { "loss", -0.0123 }, { "completions/mean_length", 45.2 }, { "num_tokens", step * 1000 } });
        }
        return meter;
    }

    [Theory]
    [InlineData(70)]
    [InlineData(40)]
    [InlineData(20)]
    public void A_panel_fits_the_terminal(int width)
    {
        using var output = new StringWriter();
        IAnsiConsole console = Terminal(output, ansi: false, width);
        var time = new ManualTime();
        using var panel = new LivePanel(console, time);
        console.Write(panel.Draw(Meter(time)));
        Assert.All(output.ToString().Split('\n'), line => Assert.True(line.TrimEnd().Length <= width, line));
    }

    [Fact]
    public void A_panel_shows_stage_step_speed_time_left_values_and_curve()
    {
        using var output = new StringWriter();
        IAnsiConsole console = Terminal(output, ansi: false);
        var time = new ManualTime();
        using var panel = new LivePanel(console, time);
        console.Write(panel.Draw(Meter(time)));
        string[] lines = [.. output.ToString().Split('\n').Select(line => line.Trim('\r', ' ', '│'))];
        Assert.Contains("─grpo─", lines[0], StringComparison.Ordinal);
        Assert.Equal(new string('━', 31) + new string('─', 21) + " 120/200  60 %", lines[1]);
        Assert.Equal("2:30 so far  800 tokens/s  1.25 s/step  1:40 left", lines[2]);
        Assert.Equal("reward 1.200  kl 0.0031  loss -0.0123  length 45.20", lines[3]);
        Assert.StartsWith("reward ▁▁▁", lines[4], StringComparison.Ordinal);
        Assert.EndsWith("▇████", lines[4], StringComparison.Ordinal);
    }

    [Fact]
    public void A_stage_is_redrawn_in_place_and_its_last_state_stays()
    {
        using var output = new StringWriter();
        var time = new ManualTime();
        using (var panel = new LivePanel(Terminal(output, ansi: true), time))
        {
            panel.StageStarted("pretrain [base]", 3);
            time.Advance(1);
            panel.Step(1, new StepMetrics { { "loss", 5 } });
            panel.Message("a [message] above the panel");
            time.Advance(0.01);
            int before = output.ToString().Length;
            panel.Step(2, new StepMetrics { { "loss", 4 } });              // too soon after the last to be drawn
            Assert.Equal(before, output.ToString().Length);
            time.Advance(5);
            time.Fire();                                                    // the clock goes on between steps
            Assert.Contains("0:06 so far", output.ToString(), StringComparison.Ordinal);
            panel.Step(3, new StepMetrics { { "loss", 3 } });
            panel.StageEnded();
            panel.StageStarted("grpo", 2);
        }
        Assert.Equal(
            [
                "a [message] above the panel",
                "╭─pretrain [base]────────────────────────────────────────────────────╮",
                "│ ━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━ 3/3  100 % │",
                "│ 0:06 so far  2.00 s/step  0:00 left                                │",
                "│ loss 3.000                                                         │",
                "│ loss █▅▁                                                           │",
                "╰────────────────────────────────────────────────────────────────────╯",
                "╭─grpo───────────────────────────────────────────────────────────────╮",
                "│ ───────────────────────────────────────────────────────── 0/2  0 % │",
                "│ 0:00 so far                                                        │",
                "╰────────────────────────────────────────────────────────────────────╯",
            ],
            Screen.Of(output.ToString()));
        Assert.EndsWith("\u001b[?25h", output.ToString(), StringComparison.Ordinal);      // the cursor is shown again
    }

    [Fact]
    public void Redirected_output_and_no_progress_get_plain_lines()
    {
        using var output = new StringWriter();
        Assert.IsType<PlainProgress>(ProgressDisplay.Create(Terminal(output, ansi: true), output, isPlain: true, new ManualTime()));
        Assert.IsType<PlainProgress>(ProgressDisplay.Create(Terminal(output, ansi: true), output, isPlain: false, new ManualTime()));
    }
}
