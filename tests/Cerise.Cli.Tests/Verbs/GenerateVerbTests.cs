using System.Text.Json;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class GenerateVerbTests(SmallModel model)
{
    private static readonly string[] Keys = ["prompt_ids", "ids", "text", "logprobs", "finish_reason"];

    [Fact]
    public void Greedy_text_of_a_real_checkpoint_is_the_published_one()
    {
        string folder = TestPaths.SharedData("models/stories260K");
        using var published = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "published_greedy_and_example_logits.json")));
        JsonElement expected = published.RootElement.GetProperty("greedy_from_bos");
        string[] command = ["generate", "--model", folder, "--prompt", "", "--greedy", "--max-new-tokens", "255"];
        Assert.Equal(expected.GetProperty("text").GetString() + "\n", Cli.Succeed(command).Output);
        JsonElement row = Cli.Succeed([.. command, "--json"]).Rows.Single();
        Assert.Equal(expected.Ints("ids"), row.Ints("prompt_ids").Concat(row.Ints("ids")));
        Assert.Equal(expected.GetProperty("text").GetString(), row.GetProperty("text").GetString());
    }

    [Fact]
    public void Log_probs_printed_are_those_that_score_computes_exactly()
    {
        string folder = TestPaths.SharedData("models/stories260K");
        JsonElement[] rows = Cli.Succeed(
            "generate", "--model", folder, "--prompt", "Lily had a", "--n", "5", "--temperature", "0.8", "--max-new-tokens", "60", "--json").Rows;
        string scored = string.Concat(rows.Select(row => $"{{\"ids\":[{string.Join(',', row.Ints("prompt_ids").Concat(row.Ints("ids")))}]}}\n"));
        JsonElement[] scores = Cli.RunWithInput(
            scored, "score", "--model", folder, "--input", "-", "--temperature", "0.8", "--batch-tokens", "100").Rows;
        Assert.Equal(5, rows.Length);
        foreach ((JsonElement row, JsonElement score) in rows.Zip(scores))
            Assert.Equal(row.Floats("logprobs"), score.Floats("logprobs")[(row.Ints("prompt_ids").Length - 1)..]);
    }

    [Fact]
    public void Json_rows_have_the_contract_s_keys_and_come_in_the_order_of_prompts_and_samples()
    {
        const string prompts = "{\"prompt\":\"The 3th\"}\n{\"ids\":[40,41,42,43,44,45]}\n";
        JsonElement[] rows = Cli.RunWithInput(
            prompts, "generate", "--model", model.Model, "--input", "-", "--n", "3", "--max-new-tokens", "9", "--json").Rows;
        Assert.Equal(6, rows.Length);
        Assert.All(rows, row => Assert.Equal(Keys, row.EnumerateObject().Select(property => property.Name)));
        Assert.All(rows, row => Assert.Equal(row.Ints("ids").Length, row.Floats("logprobs").Length));
        Assert.All(rows, row => Assert.Equal(row.Ints("ids").Length < 9 ? "stop" : "length", row.GetProperty("finish_reason").GetString()));
        Assert.All(rows[3..], row => Assert.Equal([40, 41, 42, 43, 44, 45], row.Ints("prompt_ids")));
        Assert.Equal(6, rows.Select(row => row.GetProperty("ids").GetRawText()).Distinct().Count());
    }

    [Fact]
    public void A_sample_depends_on_seed_prompt_and_index_alone()
    {
        string[] common = ["generate", "--model", model.Model, "--max-new-tokens", "20", "--json", "--seed", "3"];
        string alone = Cli.Succeed([.. common, "--prompt", "The 3th", "--n", "2"]).Output;
        const string many = "{\"prompt\":\"says\"}\n{\"prompt\":\"The 3th\"}\n{\"prompt\":\"line line line\"}\n";
        Assert.Contains(alone, Cli.RunWithInput(many, [.. common, "--input", "-", "--n", "2"]).Output);
        Assert.Contains(alone, Cli.RunWithInput(many, [.. common, "--input", "-", "--n", "2", "--batch-size", "2", "--threads", "1"]).Output);
        Assert.StartsWith(Cli.Succeed([.. common, "--prompt", "The 3th"]).Output, alone);
        Assert.NotEqual(alone, Cli.Succeed([.. common[..^1], "4", "--prompt", "The 3th", "--n", "2"]).Output);
    }

    [Fact]
    public void Plain_text_of_several_completions_names_their_places()
    {
        string output = Cli.Succeed("generate", "--model", model.Model, "--prompt", "The", "--n", "2", "--max-new-tokens", "1").Output;
        Assert.StartsWith("--- prompt 1, sample 1 (", output);
        Assert.Contains("\n--- prompt 1, sample 2 (", output);
    }

    [Fact]
    public void A_stop_string_ends_the_text_and_stays_in_it()
    {
        string folder = TestPaths.SharedData("models/stories260K");
        string[] command = ["generate", "--model", folder, "--prompt", "", "--greedy", "--json", "--stop", "no such text", "--stop", "Lily. She"];
        JsonElement row = Cli.Succeed(command).Rows.Single();
        Assert.Equal("Once upon a time, there was a little girl named Lily. She", row.GetProperty("text").GetString());
        Assert.Equal("stop", row.GetProperty("finish_reason").GetString());
    }

    [Fact]
    public void Defaults_come_from_generation_config_and_flags_win()
    {
        using TemporaryFolder copy = model.CopyModel();
        File.WriteAllText(copy.File("generation_config.json"), "{\"do_sample\":false,\"max_new_tokens\":3}");
        string[] command = ["generate", "--model", copy.Path, "--prompt", "The", "--json"];
        JsonElement configured = Cli.Succeed(command).Rows.Single();
        Assert.Equal(3, configured.Ints("ids").Length);
        Assert.Equal(configured.Ints("ids"), Cli.Succeed([.. command, "--seed", "9"]).Rows.Single().Ints("ids"));
        Assert.Equal(5, Cli.Succeed([.. command, "--temperature", "1", "--max-new-tokens", "5"]).Rows.Single().Ints("ids").Length);
    }

    [Fact]
    public void Prompt_and_input_exclude_each_other()
    {
        Assert.StartsWith("generate: give either --prompt TEXT or --input", Cli.Fail(ExitCodes.Misuse, "generate", "--model", "x"));
        Assert.StartsWith(
            "generate: give either --prompt TEXT or --input",
            Cli.Fail(ExitCodes.Misuse, "generate", "--model", "x", "--prompt", "a", "--input", "-"));
    }

    [Fact]
    public void Contradicting_temperatures_are_misuse() => Assert.StartsWith(
        "--greedy and --temperature contradict",
        Cli.Fail(ExitCodes.Misuse, "generate", "--model", model.Model, "--prompt", "a", "--greedy", "--temperature", "1"));
}
