using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class ScoreVerbTests(SmallModel model)
{
    [Fact]
    public void Every_token_after_the_first_is_scored_and_order_is_kept()
    {
        JsonElement[] rows = Cli.RunWithInput("{\"ids\":[1,2,3]}\n{\"ids\":[4]}\n{\"ids\":[]}\n{\"ids\":[5,6]}\n", Command()).Rows;
        Assert.Equal([2, 0, 0, 1], rows.Select(row => row.Floats("logprobs").Length));
        Assert.Equal([2, 0, 0, 1], rows.Select(row => row.Floats("entropies").Length));
        Assert.All(rows.SelectMany(row => row.Floats("logprobs")), value => Assert.True(value < 0));
        Assert.All(rows.SelectMany(row => row.Floats("entropies")), value => Assert.InRange(value, 0, MathF.Log(300)));
    }

    [Fact]
    public void A_score_depends_neither_on_packing_nor_on_threads()
    {
        string rows = string.Concat(
            Enumerable.Range(1, 40).Select(n => $"{{\"ids\":[{string.Join(',', Enumerable.Range(0, n * 3).Select(i => (7 * i * n) % 300))}]}}\n"));
        string expected = Cli.RunWithInput(rows, Command()).Output;
        Assert.Equal(40, expected.Count(c => c == '\n'));
        Assert.Equal(expected, Cli.RunWithInput(rows, Command("--batch-tokens", "1")).Output);
        Assert.Equal(expected, Cli.RunWithInput(rows, Command("--batch-tokens", "77", "--threads", "3")).Output);
    }

    [Fact]
    public void A_completion_is_scored_after_its_prompt_tokenized_apart()
    {
        JsonElement[] ids = Cli.RunWithInput(
            "{\"text\":\"The line\"}\n{\"text\":\" says that\"}\n", "tokenize", "--tokenizer", model.Model, "--input", "-").Rows;
        int[] prompt = ids[0].Ints("ids"), completion = ids[1].Ints("ids");
        JsonElement byText = Cli.RunWithInput("{\"prompt\":\"The line\",\"completion\":\" says that\"}", Command()).Rows.Single();
        JsonElement byIds = Cli.RunWithInput($"{{\"ids\":[{string.Join(',', prompt.Concat(completion))}]}}", Command()).Rows.Single();
        Assert.Equal(completion.Length, byText.Floats("logprobs").Length);
        Assert.Equal(byIds.Floats("logprobs")[(prompt.Length - 1)..], byText.Floats("logprobs"));
    }

    [Fact]
    public void A_prompt_is_not_ended_by_a_tokenizer_that_ends_texts()
    {
        using TemporaryFolder folder = model.CopyModel();
        string path = folder.File("tokenizer_config.json");
        JsonNode config = JsonNode.Parse(File.ReadAllText(path))!;
        config["add_eos_token"] = true;
        File.WriteAllText(path, config.ToJsonString());
        string[] tokenize = ["tokenize", "--tokenizer", folder.Path, "--input", "-"];
        const string line = "{\"text\":\"The line\"}\n";
        int[] ended = Cli.RunWithInput(line, tokenize).Rows.Single().Ints("ids"), plain = Cli.RunWithInput(line, [.. tokenize, "--no-special"]).Rows.Single().Ints("ids");
        Assert.Equal(plain.Length + 1, ended.Length);
        Assert.Equal(plain, Cli.Succeed("generate", "--model", folder.Path, "--prompt", "The line", "--max-new-tokens", "1", "--json").Rows.Single().Ints("prompt_ids"));
        const string row = "{\"prompt\":\"The line\",\"completion\":\" says that\"}";
        Assert.Equal(Cli.RunWithInput(row, Command()).Output, Cli.RunWithInput(row, "score", "--model", folder.Path, "--input", "-").Output);
    }

    [Fact]
    public void Temperature_divides_the_logits_and_zero_stands_for_one()
    {
        const string row = "{\"ids\":[1,2,3,4]}";
        string one = Cli.RunWithInput(row, Command()).Output;
        Assert.Equal(one, Cli.RunWithInput(row, Command("--temperature", "0")).Output);
        float[] hot = Cli.RunWithInput(row, Command("--temperature", "1000000")).Rows.Single().Floats("logprobs");
        Assert.All(hot, value => Assert.Equal(-MathF.Log(300), value, 1e-4f));
    }

    [Fact]
    public void Rows_of_ids_need_no_tokenizer()
    {
        const string rows = "{\"ids\":[1,2,3,4]}\n";
        using TemporaryFolder copy = model.CopyModel();
        foreach (string file in Directory.GetFiles(copy.Path, "tokenizer*"))
            File.Delete(file);
        Assert.Equal(Cli.RunWithInput(rows, Command()).Output, Cli.RunWithInput(rows, "score", "--model", copy.Path, "--input", "-").Output);
        string[] generate = ["generate", "--input", "-", "--max-new-tokens", "5", "--json", "--model"];
        JsonElement with = Cli.RunWithInput(rows, [.. generate, model.Model]).Rows.Single(), without = Cli.RunWithInput(rows, [.. generate, copy.Path]).Rows.Single();
        Assert.Equal(with.Ints("ids"), without.Ints("ids"));
        Assert.Equal(with.Floats("logprobs"), without.Floats("logprobs"));
        Assert.Equal("", without.GetProperty("text").GetString());
        Assert.Equal(
            $"{copy.Path}: there is no tokenizer.json, so only rows of {{\"ids\"}} can be taken. Copy the tokenizer's files from where the model comes from.",
            Cli.Fail(ExitCodes.Failed, new StringReader("{\"prompt\":\"The\",\"completion\":\" line\"}"), "score", "--model", copy.Path, "--input", "-"));
    }

    // Gemma 3 1B has the ids 0 to 262143, and its tokenizer one more, which stands for an image.
    [Fact]
    public void A_special_token_beyond_the_weights_is_refused_only_where_a_text_holds_it()
    {
        using TemporaryFolder copy = model.CopyModel();
        JsonNode tokenizer = JsonNode.Parse(File.ReadAllText(copy.File("tokenizer.json")))!;
        tokenizer["added_tokens"]!.AsArray().Add(JsonNode.Parse("""{"id": 300, "content": "<image>", "special": true, "single_word": false, "lstrip": false, "rstrip": false, "normalized": false}"""));
        File.WriteAllText(copy.File("tokenizer.json"), tokenizer.ToJsonString());
        string[] command = ["score", "--model", copy.Path, "--input", "-"];
        const string row = "{\"prompt\":\"The\",\"completion\":\" line\"}";
        Assert.Equal(Cli.RunWithInput(row, Command()).Output, Cli.RunWithInput(row, command).Output);
        Assert.EndsWith(
            "column 'completion' holds the token <image> with the id 300; the model's vocabulary has the ids 0 to 299. Take it out.",
            Cli.Fail(ExitCodes.Failed, new StringReader(row.Replace(" line", "<image>", StringComparison.Ordinal)), command), StringComparison.Ordinal);
        Assert.Equal(
            "--prompt holds the token <image> with the id 300; the model's vocabulary has the ids 0 to 299. Take it out.",
            Cli.Fail(ExitCodes.Failed, "generate", "--model", copy.Path, "--prompt", "an <image>"));
    }

    private string[] Command(params string[] more) => ["score", "--model", model.Model, "--input", "-", .. more];
}
