using System.Diagnostics;
using System.Text.RegularExpressions;
using Cerise.Tensors;
using Cerise.Testing;

namespace Cerise.EndToEnd.Tests;

/// <summary>The real program, killed without warning and started again, against the same recipe run in one go.</summary>
public sealed partial class KilledRunTests
{
    private const int Kills = 10;
    private const long KillSeed = 20;

    // The main recipe's stages with frequent checkpoints, small enough that the kills fall all over the run.
    private const string Recipe = """
        name: killed
        seed: 3
        stages:
          - {stage: task, documents: 1200, prompts: 100, evaluation_problems: 16}
          - {stage: tokenizer, data: task/corpus.jsonl, vocab_size: 320}
          - stage: pretrain
            tokenizer: tokenizer
            data: task/corpus.jsonl
            shape: {hidden_size: 32, intermediate_size: 64, num_hidden_layers: 2, num_attention_heads: 2, max_position_embeddings: 256}
            batch_size: 16
            max_steps: 120
            learning_rate: 5e-3
            save_steps: 5
          - stage: grpo
            model: pretrain
            data: task/prompts.jsonl
            rewards: [{name: format}, {name: length, weight: 0.1, settings: {target: "8"}}]
            max_steps: 16
            prompts_per_step: 8
            num_generations: 4
            max_completion_length: 24
            learning_rate: 1e-3
            beta: 0.01
            save_steps: 1
          - stage: evaluate
            data: task/evaluation.jsonl
            max_completion_length: 24
            models: [{name: base, model: pretrain}, {name: final, model: grpo}]
        """;

    [Fact]
    public async Task A_run_killed_ten_times_and_resumed_ends_in_the_bytes_of_an_unbroken_one()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        await File.WriteAllTextAsync(folder.File("killed.yaml"), Recipe, TestContext.Current.CancellationToken);
        Stopwatch clock = Stopwatch.StartNew();
        (int code, string output) = await Finish(Start(folder, "unbroken", threads: 2));
        Assert.True(code == 0, output);
        TimeSpan whole = clock.Elapsed;

        int killed = 0;
        int ended = 0;
        for (int run = 0; killed < Kills && ended < 40; run++)
        {
            // Long enough to get somewhere, short enough to be in the middle of it.
            TimeSpan life = whole * (0.2 + (0.4 * Seed.From(KillSeed).Uniform(run)));
            using Process process = Start(folder, $"broken-{ended}", threads: 1 + (run % 3));
            Task<(int Code, string Output)> end = Finish(process);
            if (await Task.WhenAny(end, Task.Delay(life, TestContext.Current.CancellationToken)) == end && (await end).Code == 0)
            {
                AssertSame(folder.File("unbroken"), folder.File($"broken-{ended++}"));       // all the way through: begin another one
                continue;
            }
            process.Kill(entireProcessTree: true);
            (code, output) = await end;
            Assert.True(code is 137 or 0, $"the program ended by itself with {code}: {output}");
            killed++;
        }
        Assert.Equal(Kills, killed);
        (code, output) = await Finish(Start(folder, $"broken-{ended}", threads: 1));
        Assert.True(code == 0, output);
        AssertSame(folder.File("unbroken"), folder.File($"broken-{ended}"));
    }

    [Fact]
    public async Task A_run_asked_to_stop_saves_says_so_and_goes_on()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends a POSIX signal");
        using TemporaryFolder folder = TestPaths.NewFolder();
        await File.WriteAllTextAsync(folder.File("killed.yaml"), Recipe, TestContext.Current.CancellationToken);
        (int code, string output) = await Finish(Start(folder, "unbroken", threads: 1));
        Assert.True(code == 0, output);
        using Process process = Start(folder, "stopped", threads: 2);
        Task<(int Code, string Output)> end = Finish(process);
        FileInfo metrics = new(Path.Combine(folder.File("stopped"), "metrics.jsonl"));
        for (; !end.IsCompleted && !(metrics.Exists && metrics.Length > 0); metrics.Refresh())
            await Task.Delay(5, TestContext.Current.CancellationToken);
        using (Process signal = Process.Start("kill", ["-TERM", $"{process.Id}"]))
            await signal.WaitForExitAsync(TestContext.Current.CancellationToken);
        (code, output) = await end;
        Assert.Equal(130, code);
        Assert.EndsWith("cerise: stopped and saved. The same command with --resume goes on.\n", output, StringComparison.Ordinal);
        (code, output) = await Finish(Start(folder, "stopped", threads: 3));
        Assert.True(code == 0, output);
        AssertSame(folder.File("unbroken"), folder.File("stopped"));
    }

    [Fact]
    public async Task A_second_signal_ends_a_long_step_and_says_what_is_kept()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "sends POSIX signals");
        using TemporaryFolder folder = TestPaths.NewFolder();
        string slow = Recipe.Replace("hidden_size: 32, intermediate_size: 64", "hidden_size: 128, intermediate_size: 384", StringComparison.Ordinal)
            .Replace("batch_size: 16", "batch_size: 256\n    max_tokens_per_micro_batch: 100000", StringComparison.Ordinal).Replace("save_steps: 5", "save_steps: 1", StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.File("killed.yaml"), slow, TestContext.Current.CancellationToken);
        using Process process = Start(folder, "hurried", threads: 1);
        Task<(int Code, string Output)> end = Finish(process);
        // Once the first step's checkpoint is noted, the second step has just begun; as one micro-batch it looks at no signal for long.
        string progress = Path.Combine(folder.File("hurried"), "progress.json");
        while (!end.IsCompleted && !(File.Exists(progress) && (await File.ReadAllTextAsync(progress, TestContext.Current.CancellationToken)).Contains("\"step\": 1,", StringComparison.Ordinal)))
            await Task.Delay(5, TestContext.Current.CancellationToken);
        using (Process signals = Process.Start("/bin/sh", ["-c", $"kill -TERM {process.Id}; sleep 0.05; kill -TERM {process.Id}"]))
            await signals.WaitForExitAsync(TestContext.Current.CancellationToken);
        (int code, string output) = await end;
        Assert.Equal(128 + 15, code);
        Assert.Contains("stopping: the steps that are done are saved first; a second signal ends the program at once\n", output, StringComparison.Ordinal);
        Assert.EndsWith(
            "cerise: ended at once by a second signal. Kept: the checkpoint of stage 'pretrain' at step 1; what came after it is lost. The same command with --resume goes on from there.\n",
            output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_process_in_the_same_folder_is_refused_and_damages_nothing()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        await File.WriteAllTextAsync(folder.File("killed.yaml"), Recipe, TestContext.Current.CancellationToken);
        using Process first = Start(folder, "shared", threads: 1);
        Task<(int Code, string Output)> end = Finish(first);
        while (!File.Exists(Path.Combine(folder.File("shared"), "progress.json")) && !end.IsCompleted)
            await Task.Delay(20, TestContext.Current.CancellationToken);
        (int code, string output) = await Finish(Start(folder, "shared", threads: 1));
        Assert.Equal(1, code);
        Assert.Contains(folder.File("shared"), output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        (code, output) = await end;
        Assert.True(code == 0, output);
    }

    private static Process Start(TemporaryFolder folder, string run, int threads)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "cerise.dll");
        string[] arguments = [program, "run", folder.File("killed.yaml"), "--out", folder.File(run), "--resume", "--no-progress", "--threads", $"{threads}"];
        return Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
    }

    private static async Task<(int Code, string Output)> Finish(Process process)
    {
        Task<string> output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        Task<string> error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string text = await output + await error;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, text);
    }

    private static void AssertSame(string expected, string actual)
    {
        foreach (string name in (string[])["model/model.safetensors", "model/config.json", "stages/pretrain/model.safetensors", "samples.jsonl", "evaluation.json", "recipe.yaml"])
            Assert.True(File.ReadAllBytes(Path.Combine(expected, name)).AsSpan().SequenceEqual(File.ReadAllBytes(Path.Combine(actual, name))), $"{name} differs");
        Assert.Equal(WithoutTimes(expected), WithoutTimes(actual));
    }

    private static string WithoutTimes(string run) => Times().Replace(File.ReadAllText(Path.Combine(run, "metrics.jsonl")), "");

    [GeneratedRegex(",\"(step_time|rollout/(prompt|generation)_throughput)\":[^,}]*")]
    private static partial Regex Times();
}
