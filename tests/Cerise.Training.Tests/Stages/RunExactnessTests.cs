using System.Text.Json;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Stages;

/// <summary>Rule 3 of the design: same recipe, same bytes, however often it was stopped and on however many threads.</summary>
public sealed class RunExactnessTests
{
    [Fact]
    public void Two_runs_and_any_number_of_threads_give_the_same_bytes()
    {
        using SmallRun small = new();
        SortedDictionary<string, string> expected = SmallRun.Results(small.Run(SmallRun.Recipe, "first"));
        Assert.Equal(
            [
                "environment.json", "evaluation.json", "events.out.tfevents.0000000000.cerise", "metrics.jsonl",
                "model/config.json", "model/generation_config.json", "model/model.safetensors", "model/tokenizer.json", "model/tokenizer_config.json",
                "preflight.json", "progress.json", "recipe.yaml", "report.html", "samples.jsonl",
                "stages/pretrain/config.json", "stages/pretrain/generation_config.json", "stages/pretrain/model.safetensors",
                "stages/pretrain/tokenizer.json", "stages/pretrain/tokenizer_config.json", "stages/task/corpus.jsonl", "stages/task/evaluation.jsonl",
                "stages/task/prompts.jsonl", "stages/tokenizer/tokenizer.json", "stages/tokenizer/tokenizer_config.json",
            ],
            expected.Keys);
        JsonElement[] steps = [.. File.ReadLines(small.Path("first/metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.Equal(10, steps.Length);
        Assert.All(steps, step => Assert.True(step.GetProperty("grad_norm").GetDouble() > 0));
        foreach (int threads in (int[])[1, 2, 3])
            SmallRun.Same(expected, small.Run(SmallRun.Recipe, $"again-{threads}", threads: threads));
    }

    [Fact]
    public void A_run_stopped_after_every_step_ends_in_the_same_bytes()
    {
        using SmallRun small = new();
        SortedDictionary<string, string> expected = SmallRun.Results(small.Run(SmallRun.Recipe, "whole"));
        int stops = 0;
        while (!Finishes(small, "stopped", _ => true))
            stops++;
        // 6 + 4 steps of training, and 2 models evaluated: one stop follows each, whether in the stage or at the beginning of the next.
        Assert.InRange(stops, 10, 14);
        SmallRun.Same(expected, small.Path("stopped"));
    }

    [Fact]
    public void A_run_stopped_once_after_any_step_ends_in_the_same_bytes()
    {
        using SmallRun small = new();
        SortedDictionary<string, string> expected = SmallRun.Results(small.Run(SmallRun.Recipe, "whole"));
        foreach (int stop in (int[])[3, 5, 9, 11, 13])                       // before and after checkpoints, at the ends of stages, between two models
        {
            string name = $"stopped-{stop}";
            Assert.False(Finishes(small, name, step => step == stop), $"not stopped at {stop}");
            small.Run(SmallRun.Recipe, name, resume: true);
            SmallRun.Same(expected, small.Path(name));
        }
    }

    [Fact]
    public void A_step_stopped_in_its_middle_is_done_again_from_its_beginning()
    {
        using SmallRun small = new();
        SortedDictionary<string, string> expected = SmallRun.Results(small.Run(SmallRun.Recipe, "whole"));
        using CancellationTokenSource source = new();
        int scored = 0;
        small.Rewards.Register("letters", _ => SmallRun.Reward("letters", input =>
        {
            if (++scored == 20)                                             // in the third step, between sampling and training
                source.Cancel();
            return Toy.LetterShare(input);
        }));
        Assert.Throws<OperationCanceledException>(() => small.Run(SmallRun.Recipe, "stopped", cancellation: source.Token));
        Assert.Equal(2, File.ReadLines(small.Path("stopped/metrics.jsonl")).Count(line => line.Contains("\"grpo\"", StringComparison.Ordinal)));
        small.Run(SmallRun.Recipe, "stopped", resume: true);
        SmallRun.Same(expected, small.Path("stopped"));
    }

    [Fact]
    public void A_finished_run_resumed_does_nothing()
    {
        using SmallRun small = new();
        SortedDictionary<string, string> expected = SmallRun.Results(small.Run(SmallRun.Recipe));
        DateTime written = File.GetLastWriteTimeUtc(small.Path("run/model/model.safetensors"));
        small.Run(SmallRun.Recipe, resume: true);
        SmallRun.Same(expected, small.Path("run"));
        Assert.Equal(written, File.GetLastWriteTimeUtc(small.Path("run/model/model.safetensors")));
        Assert.Empty(small.Progress.Started);
    }

    [Fact]
    public void Every_stage_that_begins_ends_also_when_it_is_stopped()
    {
        using SmallRun small = new();
        foreach (int stop in (int[])[1, 4, 10, 13])
        {
            Finishes(small, $"run-{stop}", step => step == stop);
            Assert.Equal(small.Progress.Started.Count, small.Progress.Ended);
        }
    }

    // Runs until the end, or until a step after which it is asked to stop.
    private static bool Finishes(SmallRun small, string run, Func<int, bool> stopsAfter)
    {
        using CancellationTokenSource source = new();
        RecordingProgress progress = new()
        {
            AfterStep = step =>
            {
                if (stopsAfter(step))
                    source.Cancel();
            },
        };
        try
        {
            small.Run(SmallRun.Recipe, run, resume: true, progress: progress, cancellation: source.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
