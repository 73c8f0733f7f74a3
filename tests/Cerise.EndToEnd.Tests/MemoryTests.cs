using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Cerise.Testing;

namespace Cerise.EndToEnd.Tests;

/// <summary>The memory that a run says it will take, against the peak that the operating system has seen of the real program.</summary>
public sealed partial class MemoryTests
{
    private const double Tolerance = 0.15;

    private const string Data = """
        name: data
        stages:
          - {stage: task, documents: 1500, prompts: 40, evaluation_problems: 4}
          - {stage: tokenizer, data: task/corpus.jsonl, vocab_size: 512}
        """;

    private const string Pretrain = """
        name: pretrain
        stages:
          - stage: pretrain
            tokenizer: FOLDER/data/stages/tokenizer
            data: FOLDER/data/stages/task/corpus.jsonl
            shape: {hidden_size: 128, intermediate_size: 512, num_hidden_layers: 8, num_attention_heads: 4, max_position_embeddings: 512}
            batch_size: 128
            max_steps: 2
            max_tokens_per_micro_batch: 5120
        """;

    private const string Grpo = """
        name: grpo
        stages:
          - stage: grpo
            model: FOLDER/float32/model
            data: FOLDER/data/stages/task/prompts.jsonl
            rewards: [{name: length, settings: {target: "20"}}]
            max_steps: 2
            prompts_per_step: 4
            num_generations: 16
            max_completion_length: 40
            max_tokens_per_micro_batch: 4096
            beta: 0.01
        """;

    private const string Lora = """
        name: lora
        stages:
          - stage: pretrain
            model: FOLDER/float32/model
            data: FOLDER/data/stages/task/corpus.jsonl
            use_peft: true
            dtype: bfloat16
            lora_r: 16
            batch_size: 128
            max_steps: 3
            max_tokens_per_micro_batch: 5120
        """;

    [Fact]
    public async Task Pretraining_and_grpo_take_what_was_planned()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        await Run(folder, "data", Data);
        await Compare(folder, "float32", Pretrain);
        await Compare(folder, "bfloat16", Pretrain + "\n    activation_dtype: bfloat16");
        await Compare(folder, "checkpoints", Pretrain + "\n    gradient_checkpointing: true");
        await Compare(folder, "grpo", Grpo);
        await Compare(folder, "lora", Lora);
    }

    private static async Task Compare(TemporaryFolder folder, string name, string recipe)
    {
        string output = await Run(folder, name, recipe);
        double measured = Number(Measured(), output);
        double planned = Number(Planned(), await File.ReadAllTextAsync(folder.File($"{name}/preflight.json"), TestContext.Current.CancellationToken));
        Assert.True(Math.Abs(planned - measured) <= Tolerance * measured, $"{name}: {planned} GB were planned, {measured} GB were used");
    }

    private static async Task<string> Run(TemporaryFolder folder, string name, string recipe)
    {
        string file = folder.File($"{name}.yaml");
        await File.WriteAllTextAsync(file, recipe.Replace("FOLDER", folder.Path, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        ProcessStartInfo start = new("dotnet")
        {
            ArgumentList = { Path.Combine(AppContext.BaseDirectory, "cerise.dll"), "run", file, "--out", folder.File(name), "--no-progress", "--threads", "2" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await errors;
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private static double Number(Regex pattern, string text) => double.Parse(pattern.Match(text).Groups[1].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"at most ([0-9.]+) GB of memory")]
    private static partial Regex Measured();

    [GeneratedRegex(@"([0-9.]+) GB: weights")]
    private static partial Regex Planned();
}
