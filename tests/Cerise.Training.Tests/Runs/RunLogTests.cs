using System.Text.Json;
using Cerise.Testing;
using Cerise.Training.Runs;

namespace Cerise.Training.Tests.Runs;

public sealed class RunLogTests
{
    [Fact]
    public void A_line_of_metrics_holds_stage_step_and_values_that_read_back_the_same()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        double[] values = [0.1, 1.0 / 3, 1e-300, -0.0, double.MaxValue, (float)0.1];
        using (var log = new RunLog(folder.Path, new FixedTime()))
        {
            var metrics = new StepMetrics();
            for (int i = 0; i < values.Length; i++)
                metrics.Add($"rewards/v{i}/mean", values[i]);
            log.Step("grpo", 7, metrics);
            log.Step("grpo", 8, new StepMetrics { { "kl", double.NaN }, { "delta", double.PositiveInfinity }, { "low", double.NegativeInfinity } });
        }
        string[] lines = File.ReadAllLines(folder.File("metrics.jsonl"));
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal(("grpo", 7), (first.RootElement.GetProperty("stage").GetString(), first.RootElement.GetProperty("step").GetInt32()));
        for (int i = 0; i < values.Length; i++)
            Assert.Equal(BitConverter.DoubleToInt64Bits(values[i]), BitConverter.DoubleToInt64Bits(first.RootElement.GetProperty($"rewards/v{i}/mean").GetDouble()));
        Assert.Equal("""{"stage":"grpo","step":8,"kl":"NaN","delta":"Infinity","low":"-Infinity"}""", lines[1]);
    }

    [Fact]
    public void A_sample_keeps_its_text_readable_and_its_missing_scores_null()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        using (var log = new RunLog(folder.Path, new FixedTime()))
        {
            log.Sample("grpo", 1, new SampleRow("<think> 1 + 2 'é' ", "a\nb\uD800")
            {
                Rewards = [new("accuracy", 1), new("format", null)],
                Reward = 0.5,
                Tokens = 3,
                FinishReason = "stop",
            });
        }
        Assert.Equal("{\"stage\":\"grpo\",\"step\":1,\"prompt\":\"<think> 1 + 2 'é' \",\"completion\":\"a\\nb\uFFFD\",\"rewards\":{\"accuracy\":1,\"format\":null},\"reward\":0.5,\"advantage\":null,\"tokens\":3,\"finish_reason\":\"stop\"}\n",
            File.ReadAllText(folder.File("samples.jsonl")));
    }

    [Fact]
    public void A_full_disk_is_one_clear_error()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here to stand for a full disk");
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.CreateSymbolicLink(folder.File("metrics.jsonl"), "/dev/full");
        using var log = new RunLog(folder.Path, new FixedTime());
        var error = Assert.Throws<RunException>(() => log.Step("sft", 1, new StepMetrics { { "loss", 1 } }));
        Assert.Contains("metrics.jsonl: cannot be written: the disk is full", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Metrics_keep_their_order_and_refuse_reserved_names()
    {
        var metrics = new StepMetrics { { "loss", 1 }, { "kl", 2 } };
        metrics["loss"] = 3;
        metrics.AddRange([new("entropy", 4)]);
        Assert.Equal(["loss", "kl", "entropy"], metrics.Select(metric => metric.Key));
        Assert.True(metrics.TryGet("loss", out double loss));
        Assert.Equal(3, loss);
        Assert.Throws<ArgumentException>(() => metrics.Add("step", 1));
        Assert.Throws<ArgumentException>(() => metrics.Add("kl", 1));
    }
}
