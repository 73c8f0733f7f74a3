using System.Xml.Linq;
using Cerise.Tensors;
using Cerise.Testing;
using Cerise.Training.Runs;
using Cerise.Training.Runs.Reports;

namespace Cerise.Training.Tests.Runs.Reports;

public sealed class ReportWriterTests
{
    private const string Recipe = """
        name: r1-zero
        description: "From nothing to a model that reasons <em>by itself</em>"
        seed: 1
        stages:
          - stage: pretrain
            name: pretrain
            learning_rate: 3e-3
          - stage: grpo
            name: grpo
            num_generations: 8

        """;

    [Fact]
    public void A_report_shows_tables_curves_samples_recipe_and_environment()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string run = folder.File("run");
        WriteRun(run, grpoSteps: 120);
        string html = File.ReadAllText(ReportWriter.Write(run));
        string[] tables = ["93.5 %", "90.1 % to 95.9 %", "well-formed", "<td>pretrain</td>", "<td>grpo</td>", "1 min 30 s"];
        string[] charts = ["by step", "rewards by kind", "completions/mean_length", "grad_norm", "learning_rate", "class=\"raw s0\""];
        string[] samples = ["step 1<", "step 120<", "advantage <b>+", "no score", "User: what is 1 + 2?"];
        string[] sources = ["num_generations: 8", "&quot;simd&quot;: &quot;Vector512&quot;", "r1-zero"];
        Assert.All([.. tables, .. charts, .. samples, .. sources], text => Assert.Contains(text, html, StringComparison.Ordinal));
    }

    [Fact]
    public void A_stage_that_evaluates_counts_models_rather_than_steps()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using (RunFolder run = RunFolder.Open(folder.Path, Recipe, FakeRun.Environment, time: new FixedTime()))
        {
            run.BeginStage("grpo");
            run.Log.Step("grpo", 7, new StepMetrics { { "loss", 2 }, { "reward", 1 }, { "step_time", 3 } });
            run.FinishStage("grpo", 7);
            run.BeginStage("evaluate");
            run.Log.Sample("evaluate", 1, new SampleRow("ask", "one"));
            run.Log.Sample("evaluate", 2, new SampleRow("ask", "two"));
            new EvaluationTable { Stage = "evaluate", Rows = [new("<base>", 0.0025, 0.0004, 0.0139, 400, 9), new("chat", 0.935, 0.9, 0.96, 400, 9)] }.Write(folder.Path);
            run.FinishStage("evaluate", 2);
            run.AddTime(new StageTime("evaluate", 75, 1, []));
        }
        string html = File.ReadAllText(ReportWriter.Write(folder.Path));
        Assert.Contains("<td>evaluate</td><td class=\"interval\">done</td><td>2 models</td><td>1 min 15 s</td><td colspan=\"2\"></td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("<td>grpo</td><td class=\"interval\">done</td><td>7</td><td>3.0 s</td><td>2</td><td>1</td></tr>", html, StringComparison.Ordinal);
        Assert.Contains("<div class=\"step\">&lt;base&gt;</div>", html, StringComparison.Ordinal);
        Assert.Contains("<b>0.3 %</b>", html, StringComparison.Ordinal);
        Assert.DoesNotContain("well-formed", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "0.0 %")]
    [InlineData(1, "100.0 %")]
    [InlineData(1.0 / 400, "0.3 %")]                                        // halves go up, whatever bits the share has
    [InlineData(3.0 / 400, "0.8 %")]
    [InlineData(0.0249999, "2.5 %")]
    [InlineData(0.0244, "2.4 %")]
    [InlineData(double.NaN, "-")]
    [InlineData(1e308, "-")]
    public void A_share_is_written_in_percent(double share, string text) => Assert.Equal(text, PercentText.Of(share));

    [Fact]
    public void The_loss_on_validation_rows_stands_in_the_chart_of_the_loss()
    {
        var stage = new StageRecords("sft");
        stage.AddMetrics(1, new StepMetrics { { "loss", 1 }, { "eval_loss", 2 }, { "entropy", 1 }, { "eval_entropy", 2 }, { "eval_perplexity", 3 } });
        CurveGroups groups = CurveGroups.Of(stage);
        Assert.Equal(["loss", "entropy"], groups.Main.Select(group => group.Title));
        Assert.Equal(["loss", "eval_loss"], groups.Main[0].Series.Select(series => series.Name));
        Assert.Equal(["eval_perplexity"], groups.Others.Select(group => group.Title));
    }

    [Fact]
    public void A_report_is_one_well_formed_file_that_fetches_nothing_and_escapes_everything()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string run = folder.File("run");
        WriteRun(run, grpoSteps: 5);
        string html = File.ReadAllText(ReportWriter.Write(run));
        XDocument page = XDocument.Parse(html);
        Assert.Empty(page.Descendants("script"));
        Assert.Empty(page.Descendants("em"));
        Assert.DoesNotContain(page.Descendants().Attributes(), attribute => attribute.Name.LocalName is "src" or "href");
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;alert(1)&lt;/script&gt;", html, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", string.Concat(page.Descendants("path").Attributes("d").Select(path => path.Value)), StringComparison.Ordinal);
        ReportWriter.Write(run);
        Assert.Equal(html, File.ReadAllText(Path.Combine(run, "report.html")));
    }

    [Fact]
    public void A_run_that_has_just_begun_or_was_killed_mid_line_has_a_report()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        RunFolder.Open(folder.Path, Recipe, FakeRun.Environment).Dispose();
        Assert.Contains("No step is done yet.", File.ReadAllText(ReportWriter.Write(folder.Path)), StringComparison.Ordinal);
        File.WriteAllText(folder.File("metrics.jsonl"), "{\"stage\":\"grpo\",\"step\":1,\"loss\":2}\n{\"stage\":\"gr");
        Assert.Contains("<td>grpo</td>", File.ReadAllText(ReportWriter.Write(folder.Path)), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_run_is_one_clear_error()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Assert.Contains("is no run folder", Assert.Throws<RunException>(() => ReportWriter.Write(folder.Path)).Message, StringComparison.Ordinal);
        RunFolder.Open(folder.File("r"), Recipe, FakeRun.Environment).Dispose();
        File.WriteAllText(folder.File("r/metrics.jsonl"), "{\"stage\":1}\n{\"stage\":\"a\",\"step\":1}\n");
        Assert.Contains("metrics.jsonl:1: not a line of a run's log", Assert.Throws<RunException>(() => ReportWriter.Write(folder.File("r"))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 1, 4, "0 0.5 1")]
    [InlineData(0, 0.93, 4, "0 0.5")]
    [InlineData(1, 200, 6, "50 100 150 200")]
    [InlineData(-3e-6, 2e-6, 4, "-2e-6 0 2e-6")]
    [InlineData(10_000, 30_000, 4, "10k 15k 20k 25k 30k")]
    public void Ticks_are_round_numbers(double low, double high, int wanted, string ticks) =>
        Assert.Equal(ticks, string.Join(' ', AxisTicks.Of(low, high, wanted).Select(AxisTicks.Short)));

    [Fact]
    public void Curves_with_gaps_constants_and_few_points_draw_without_harm()
    {
        CurvePoint[] points = [new(1, double.NaN), new(2, 1), new(3, double.PositiveInfinity), new(4, 1), new(5, 1)];
        string chart = LineChart.Render("x", [new CurveSeries("x", points)]);
        Assert.Contains("M", chart, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", chart, StringComparison.Ordinal);
        Assert.Empty(LineChart.Render("x", [new CurveSeries("x", [new(1, 1)])]));
        Assert.Empty(LineChart.Render("x", [new CurveSeries("x", [new(1, double.NaN), new(2, double.NaN)])]));
        CurvePoint[] many = [.. Enumerable.Range(1, 10_000).Select(i => new CurvePoint(i, i == 777 ? 50 : Math.Sin(i)))];
        string long_ = LineChart.Render("x", [new CurveSeries("x", many)]);
        Assert.InRange(long_.Length, 1_000, 25_000);
    }

    /// <summary>A finished run with two stages, as a real one looks.</summary>
    internal static void WriteRun(string folder, int grpoSteps)
    {
        using RunFolder run = RunFolder.Open(folder, Recipe, FakeRun.Environment, time: new FixedTime());
        Seed seed = Seed.From(3);
        run.BeginStage("pretrain");
        for (int step = 1; step <= 300; step++)
        {
            double loss = 0.9 + (5 * Math.Exp(-step / 60.0)) + (0.1 * seed.Normal(step));
            run.Log.Step("pretrain", step, new StepMetrics { { "loss", loss }, { "grad_norm", 0.3 + Math.Abs(seed.Normal(step + 1000)) }, { "learning_rate", 3e-3 * Math.Min(1, step / 30.0) * (1 - (step / 330.0)) }, { "num_tokens", step * 4096 }, { "step_time", 0.3 } });
        }
        run.FinishStage("pretrain", 300);
        run.BeginStage("grpo");
        for (int step = 1; step <= grpoSteps; step++)
        {
            double rise = 1 / (1 + Math.Exp(-(step - 50) / 12.0));
            double noise = 0.04 * seed.Normal(step + 5000);
            run.Log.Step("grpo", step, new StepMetrics
            {
                { "loss", 0.01 * seed.Normal(step + 9000) },
                { "reward", 0.3 + (1.1 * rise) + noise },
                { "reward_std", 0.5 - (0.3 * rise) },
                { "rewards/accuracy/mean", 0.2 + (0.75 * rise) + noise },
                { "rewards/format/mean", Math.Min(1, 0.55 + (0.5 * rise) + (noise / 2)) },
                { "completions/mean_length", 14 + (30 * rise) + (20 * noise) },
                { "kl", step == 3 ? double.NaN : 0.02 * rise },
                { "entropy", 1.2 - (0.8 * rise) + noise },
                { "grad_norm", 0.4 + Math.Abs(0.2 * seed.Normal(step + 7000)) },
                { "learning_rate", 1e-4 },
                { "step_time", 0.75 },
            });
            foreach (int prompt in (int[])[0, 1])
            {
                bool right = step > 40;
                run.Log.Sample("grpo", step, new SampleRow($"User: what is {prompt + 1} + {prompt + 2}?\nAssistant:", right ? $" <think> {prompt + 1} + {prompt + 2} = {(2 * prompt) + 3} </think> <answer> {(2 * prompt) + 3} </answer>" : " <answer> 7 </answer><script>alert(1)</script>")
                {
                    Rewards = [new("accuracy", right ? 1 : 0), new("format", right ? 1 : null)],
                    Reward = right ? 2 : 0,
                    Advantage = right ? 0.71 : -1.2,
                    Tokens = right ? 31 : 9,
                    FinishReason = "stop",
                });
            }
        }
        run.FinishStage("grpo", grpoSteps);
        new EvaluationTable { Stage = "evaluate", Task = "story problems, held out", Rows = [new("base", 0.215, 0.16, 0.28, 200, 14.2, 0.55), new("final", 0.935, 0.901, 0.959, 200, 44.1, 0.99)] }.Write(folder);
    }
}
