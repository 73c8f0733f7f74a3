using System.Text.Json;
using Cerise.Models.Adapters;
using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Stages;

/// <summary>Stages that train an adapter, or some of the weights.</summary>
public sealed class AdapterStageTests : IDisposable
{
    private const string Recipe = """
        name: adapters
        seed: 5
        stages:
          - {stage: sft, name: first, model: DIR/toy, data: DIR/pairs.jsonl, use_peft: true, lora_r: 3, lora_dropout: 0.2, learning_rate: 1e-2, max_steps: 4, batch_size: 3, save_steps: 2}
          - stage: grpo
            model: DIR/toy
            adapter: first
            data: DIR/prompts.jsonl
            rewards: [{name: letters}]
            use_peft: true
            dtype: bfloat16
            beta: 0.1
            max_steps: 3
            prompts_per_step: 2
            num_generations: 4
            max_completion_length: 8
            learning_rate: 1e-2
            save_steps: 2
        """;

    private readonly SmallRun _small = new();

    public AdapterStageTests()
    {
        _small.SaveModel("toy");
        _small.Write("pairs.jsonl", """{"prompt":"ab","completion":"cd"}""", """{"prompt":"a","completion":"bcdefghij"}""", """{"prompt":"x","completion":"yz"}""", """{"prompt":"long prompt","completion":"and answer"}""");
        _small.Write("prompts.jsonl", """{"prompt":"ab","answer":"a"}""", """{"prompt":"cd","answer":"b"}""");
    }

    [Fact]
    public void Runs_on_any_threads_stopped_anywhere_give_the_same_bytes()
    {
        SortedDictionary<string, string> expected = SmallRun.Results(_small.Run(Recipe, "whole"));
        Assert.Contains("adapter/adapter_model.safetensors", expected.Keys);
        Assert.Contains("model/model.safetensors", expected.Keys);
        Assert.Contains("stages/first/adapter/adapter_config.json", expected.Keys);
        SmallRun.Same(expected, _small.Run(Recipe, "threads", threads: 3));
        for (int stop = 1; stop <= 6; stop++)
        {
            using CancellationTokenSource source = new();
            int steps = 0;
            RecordingProgress progress = new()
            {
                AfterStep = _ =>
                {
                    if (++steps == stop)
                        source.Cancel();
                },
            };
            Assert.ThrowsAny<OperationCanceledException>(() => _small.Run(Recipe, $"stopped-{stop}", progress: progress, cancellation: source.Token));
            SmallRun.Same(expected, _small.Run(Recipe, $"stopped-{stop}", resume: true));
        }
    }

    [Fact]
    public void The_reference_of_reinforcement_is_the_model_without_its_adapter()
    {
        string run = _small.Run(Recipe);
        double[] kl = [.. File.ReadLines(Path.Combine(run, "metrics.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(step => step.GetProperty("stage").GetString() == "grpo").Select(step => step.GetProperty("kl").GetDouble())];
        Assert.True(kl[0] > 0);                                             // the adapter of the stage before is no part of the reference
        string fresh = _small.Run(Recipe.Replace("adapter: first", "adapter: ''", StringComparison.Ordinal), "fresh");
        Assert.Equal(0, JsonDocument.Parse(File.ReadLines(Path.Combine(fresh, "metrics.jsonl")).Last(line => line.Contains("\"grpo\",\"step\":1", StringComparison.Ordinal))).RootElement.GetProperty("kl").GetDouble());
    }

    [Fact]
    public void Dropout_does_not_depend_on_micro_batches()
    {
        string Stage(int tokens) => $"stages: [{{stage: sft, model: DIR/toy, data: DIR/pairs.jsonl, use_peft: true, lora_dropout: 0.3, learning_rate: 1e-2, max_steps: 3, batch_size: 4, max_tokens_per_micro_batch: {tokens}}}]";
        byte[] whole = File.ReadAllBytes(Path.Combine(_small.Run(Stage(2048), "whole"), "adapter/adapter_model.safetensors"));
        Assert.Equal(whole, File.ReadAllBytes(Path.Combine(_small.Run(Stage(1), "cut"), "adapter/adapter_model.safetensors")));
        Assert.NotEqual(whole, File.ReadAllBytes(Path.Combine(_small.Run(Stage(2048).Replace("0.3", "0", StringComparison.Ordinal), "none"), "adapter/adapter_model.safetensors")));
    }

    [Fact]
    public void An_adapter_alone_serves_later_stages_and_finds_its_base()
    {
        string run = _small.Run(Recipe.Replace("use_peft: true, lora_r", "use_peft: true, lora_merge: false, lora_r", StringComparison.Ordinal)
            .Replace("model: DIR/toy\n", "model: first\n", StringComparison.Ordinal).Replace("    adapter: first\n", "", StringComparison.Ordinal));
        Assert.False(File.Exists(Path.Combine(run, "stages/first/config.json")));
        Assert.Equal(Path.GetFullPath(_small.Path("toy")), LoraConfig.Load(Path.Combine(run, "stages/first/adapter")).BaseModelNameOrPath);
        Assert.Equal(3, LoraConfig.Load(Path.Combine(run, "adapter")).R);    // the second stage went on with the first one's adapter
    }

    [Fact]
    public void Frozen_weights_stay_and_the_pre_flight_counts_the_others()
    {
        string run = _small.Run("""stages: [{stage: sft, model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 2, learning_rate: 1e-2, frozen_parameters: ["model.embed_tokens.*", "model.layers.[0-0].*"]}]""");
        using Cerise.Tensors.Device device = Cerise.Tensors.Device.Cpu(1);
        using Models.CausalModel before = Models.CausalModel.Load(_small.Path("toy"), device), after = Models.CausalModel.Load(Path.Combine(run, "model"), device);
        foreach ((Cerise.Tensors.Parameter old, Cerise.Tensors.Parameter trained) in before.Parameters.Zip(after.Parameters))
        {
            bool isFrozen = old.Name.StartsWith("model.embed_tokens", StringComparison.Ordinal) || old.Name.StartsWith("model.layers.0.", StringComparison.Ordinal);
            Assert.True(isFrozen == old.ToArray().SequenceEqual(trained.ToArray()), old.Name);
        }
        long all = before.ParameterCount, free = before.Parameters.Where(p => !p.Name.StartsWith("model.embed_tokens", StringComparison.Ordinal) && !p.Name.Contains("layers.0.", StringComparison.Ordinal)).Sum(p => p.Shape.Length);
        Assert.StartsWith($"{free} of {all} parameters are trained (", Detail(run, "trained parameters"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frozen_parameters: [model.embed_token.weight]", "frozen_parameters: 'model.embed_token.weight' names none of the model's tensors; did you mean 'model.embed_tokens.weight'?")]
    [InlineData("frozen_parameters: ['model.layers.[a].*']", "frozen_parameters: 'model.layers.[a].*' has a bracket that is no range of numbers; write [0-3] for 0, 1, 2 or 3")]
    [InlineData("frozen_parameters: ['*']", "frozen_parameters names all weights of the model (*): nothing would be trained")]
    [InlineData("use_peft: true, lora_target_modules: [query]", "stage 'sft': target_modules ('query') names no module of this model; its modules end in down_proj, embed_tokens, ")]
    public void What_cannot_be_chosen_is_refused(string settings, string message) => Assert.StartsWith(
        message, _small.Refused($"stages: [{{stage: sft, model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 1, {settings}}}]"), StringComparison.Ordinal);

    [Theory]
    [InlineData("use_peft: true, frozen_parameters: [a]", "frozen_parameters is set with use_peft, which freezes all weights; choose one of the two")]
    [InlineData("dtype: bfloat16", "dtype is bfloat16, in which small updates of the weights are lost; use float32, or train an adapter with use_peft")]
    [InlineData("lora_merge: false", "lora_merge is false without use_peft: there is no adapter to save in the model's place")]
    [InlineData("lora_r: 0", "lora_r is 0; use 1 or more, such as 16")]
    [InlineData("lora_dropout: 1", "lora_dropout is 1; use a number in [0, 1), 0 for none")]
    [InlineData("lora_target_modules: ['(a']", "lora_target_modules, lora_rank_pattern or lora_alpha_pattern has an expression that cannot be read: ")]
    public void Settings_that_contradict_each_other_are_named(string settings, string fault)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => _small.Run($"stages: [{{stage: sft, model: DIR/toy, data: DIR/pairs.jsonl, {settings}}}]"));
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reinforcement_refuses_dropout_and_a_reference_that_moves()
    {
        RecipeException error = Assert.Throws<RecipeException>(() => _small.Run(Recipe.Replace("beta: 0.1", "lora_dropout: 0.1\n    ref_model_sync_steps: 2", StringComparison.Ordinal)));
        Assert.Contains("lora_dropout is 0.1; completions are sampled without dropout", error.Message, StringComparison.Ordinal);
        Assert.Contains("ref_model_sync_steps is set with use_peft, whose reference is the model without its adapter and stays so; use 0", error.Message, StringComparison.Ordinal);
    }

    public void Dispose() => _small.Dispose();

    private static string Detail(string run, string check) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "preflight.json"))).RootElement
        .EnumerateArray().Single(entry => entry.GetProperty("check").GetString() == check).GetProperty("detail").GetString()!;
}
