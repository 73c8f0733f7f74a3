using System.Text.Json;
using Cerise.Data;
using Cerise.Training.Rewards;
using Cerise.Training.Tests.Trainers;

namespace Cerise.Training.Tests.Stages;

public sealed class GrpoStageTests : IDisposable
{
    private readonly SmallRun _small = new();

    public GrpoStageTests()
    {
        _small.SaveModel("toy");
        _small.Write("prompts.jsonl", """{"prompt":"one:","answer":"1"}""", """{"prompt":"two:","answer":"2"}""", """{"prompt":"a longer one:","answer":"3"}""");
    }

    [Fact]
    public void Prompts_that_are_all_too_long() => Assert.Equal(
        "pre-flight of stage 'grpo': prompts: DIR/prompts.jsonl has no prompt of at most max_prompt_length (3) tokens",
        _small.Refused(Recipe("max_prompt_length: 3")));

    [Fact]
    public void Prompts_that_are_too_long_are_left_out_and_counted()
    {
        string run = _small.Run(Recipe("max_prompt_length: 4"));
        Assert.Contains("2 prompts; 1 left out, longer than max_prompt_length (4)", File.ReadAllText(Path.Combine(run, "preflight.json")), StringComparison.Ordinal);
        Assert.DoesNotContain("a longer one", File.ReadAllText(Path.Combine(run, "samples.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void Prompts_without_a_token()
    {
        _small.Write("empty.jsonl", """{"prompt":"one:"}""", """{"prompt":""}""");
        Assert.Equal(
            "pre-flight of stage 'grpo': prompts: 1 of 2 prompts in DIR/empty.jsonl have no tokens; give the model something to go on from",
            _small.Refused(Recipe("").Replace("prompts.jsonl", "empty.jsonl", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_context_too_short_for_prompt_and_completion() => Assert.Equal(
        "pre-flight of stage 'grpo': context: longest prompt 13 + max_completion_length 116 tokens in a context of 128; lower max_prompt_length or max_completion_length",
        _small.Refused(Recipe("max_completion_length: 116")));

    [Fact]
    public void A_reward_that_cannot_tell_right_from_wrong()
    {
        _small.Rewards.Register("accuracy", _ => SmallRun.Reward("accuracy", _ => 0.5));
        Assert.Equal(
            "pre-flight of stage 'grpo': rewards: 0 of 3 right answers are worth more than a wrong one (3 could be scored). The reward cannot tell right from wrong on this "
            + "data: check the reward's kind and the 'answer' column, for example: 1",
            _small.Refused(Recipe("rewards: [{name: accuracy}]")));
    }

    [Fact]
    public void A_reward_that_can_tell_passes()
    {
        string run = _small.Run(Recipe("rewards: [{name: accuracy}, {name: letters}]"));
        PreflightChecks(run, ("prompts", "3 prompts; 0 left out, longer than max_prompt_length (512)"),
            ("context", "longest prompt 13 + max_completion_length 8 tokens in a context of 128"),
            ("rewards", "3 of 3 right answers are worth more than a wrong one (3 could be scored)"),
            ("trained parameters", null), ("memory", null));
    }

    [Fact]
    public void A_tokenizer_with_more_tokens_than_the_model()
    {
        _small.SaveModel("misfit", BpeTrainer.Train(["abab abab abab"], new BpeTrainerOptions { VocabSize = 259 }));
        Assert.Equal(
            "DIR/misfit: the tokenizer has 259 tokens, the model's vocab_size is 257. Do they belong together?",
            _small.Refused(Recipe("model: DIR/misfit")));
    }

    [Fact]
    public void No_token_that_could_end_a_completion()
    {
        _small.SaveModel("endless", BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 257, EosToken = null }), hasEnd: false);
        Assert.Equal(
            "DIR/endless: neither tokenizer_config.json nor config.json names an end-of-text token, so completions could never end. Set eos_token_id",
            _small.Refused(Recipe("model: DIR/endless")));
    }

    [Fact]
    public void A_reward_or_setting_that_is_unknown() => Assert.Contains(
        "unknown reward 'leters'; did you mean 'letters'?",
        Assert.Throws<RewardException>(() => _small.Run(Recipe("rewards: [{name: leters}]"))).Message,
        StringComparison.Ordinal);

    [Fact]
    public void Five_steps_without_a_difference_end_the_run()
    {
        string message = _small.Refused(Recipe("rewards: [{name: constant}]\nmax_steps: 9"));
        Assert.Equal(
            "stage 'grpo': in each of the first 5 steps all completions of every prompt had the same reward, so there is nothing to learn from. "
            + "Look at samples.jsonl: is the task too hard or too easy for this model, max_completion_length too short, or the reward blind?",
            message);
        Assert.Equal(1, _small.Progress.Ended);
        string run = Directory.GetDirectories(_small.Folder, "refused-*").Single();
        Assert.Equal(5, File.ReadLines(Path.Combine(run, "metrics.jsonl")).Count());
        Assert.Equal(20, File.ReadLines(Path.Combine(run, "samples.jsonl")).Count());
    }

    [Fact]
    public void One_difference_in_the_first_steps_lets_it_go_on()
    {
        int scored = 0;
        _small.Rewards.Register("late", _ => SmallRun.Reward("late", _ => ++scored == 60 ? 1 : 0));       // in the fourth step of sixteen completions
        _small.Run(Recipe("rewards: [{name: late}]\nmax_steps: 7\nprompts_per_step: 4"));
        Assert.Equal(7, _small.Progress.Steps);
    }

    [Fact]
    public void Failing_rewards_are_shown_step_by_step()
    {
        _small.Rewards.Register("torn", _ => SmallRun.Reward("torn", input => input.Prompt == "one:" ? throw new InvalidOperationException("odd") : Toy.LetterShare(input)));
        string run = _small.Run(Recipe("rewards: [{name: torn}]\nmax_steps: 3\nprompts_per_step: 3"));
        Assert.Equal(
            Enumerable.Range(1, 3).Select(step => $"step {step}: rewards/torn/errors = 4: completions that could not be scored, and were not"),
            _small.Progress.Messages.SkipLast(1));                          // the last tells the memory used
        Assert.All(Json(run, "samples.jsonl").Where(sample => sample.GetProperty("prompt").GetString() == "one:"), sample =>
        {
            Assert.Equal(JsonValueKind.Null, sample.GetProperty("reward").ValueKind);
            Assert.Equal(0, sample.GetProperty("advantage").GetDouble());
        });
    }

    [Fact]
    public void Damaged_weights_end_the_run_with_its_place()
    {
        _small.Rewards.Register("ruin", _ => SmallRun.Reward("ruin", input => input.CompletionIds[0]));
        string message = _small.Refused(Recipe("rewards: [{name: ruin}]\nlearning_rate: 1e38\nmax_steps: 9"));
        Assert.Matches("^stage 'grpo', step 2: the logits hold NaN", message);
    }

    [Fact]
    public void The_template_makes_the_prompt()
    {
        _small.Write("questions.jsonl", """{"question":"1+1","answer":"2"}""");
        string run = _small.Run(Recipe("template: 'Q {question} A'").Replace("prompts.jsonl", "questions.jsonl", StringComparison.Ordinal));
        Assert.All(Json(run, "samples.jsonl"), sample => Assert.Equal("Q 1+1 A", sample.GetProperty("prompt").GetString()));
    }

    [Fact]
    public void The_model_is_a_folder_of_its_own()
    {
        string run = _small.Run(Recipe(""));
        Assert.Equal(
            ["config.json", "generation_config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"],
            Directory.GetFiles(Path.Combine(run, "model")).Select(Path.GetFileName).Order(StringComparer.Ordinal));
        Assert.NotEqual(File.ReadAllBytes(_small.Path("toy/model.safetensors")), File.ReadAllBytes(Path.Combine(run, "model", "model.safetensors")));
        Assert.True(File.Exists(Path.Combine(run, "report.html")));
    }

    public void Dispose() => _small.Dispose();

    // Later keys take the place of earlier ones.
    private static string Recipe(string settings)
    {
        OrderedDictionary<string, string> keys = new()
        {
            ["model"] = "DIR/toy",
            ["data"] = "DIR/prompts.jsonl",
            ["rewards"] = "[{name: letters}]",
            ["max_steps"] = "1",
            ["prompts_per_step"] = "2",
            ["num_generations"] = "4",
            ["max_completion_length"] = "8",
            ["learning_rate"] = "1e-3",
        };
        foreach (string line in settings.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            keys[line.Split(": ", 2)[0]] = line.Split(": ", 2)[1];
        return "name: g\nstages:\n  - stage: grpo\n" + string.Concat(keys.Select(key => $"    {key.Key}: {key.Value}\n"));
    }

    private static IEnumerable<JsonElement> Json(string run, string file) => File.ReadLines(Path.Combine(run, file)).Select(line => JsonDocument.Parse(line).RootElement);

    private static void PreflightChecks(string run, params (string Check, string? Detail)[] expected)
    {
        JsonElement[] checks = [.. JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "preflight.json"))).RootElement.EnumerateArray()];
        Assert.Equal(expected.Select(check => check.Check), checks.Select(check => check.GetProperty("check").GetString()));
        Assert.All(checks, check => Assert.True(check.GetProperty("passed").GetBoolean()));
        Assert.All(expected.Zip(checks), pair => Assert.True(pair.First.Detail is null || pair.First.Detail == pair.Second.GetProperty("detail").GetString()));
    }
}
