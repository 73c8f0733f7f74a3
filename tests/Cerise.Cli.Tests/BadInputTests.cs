using System.Text;
using Cerise.Testing;

namespace Cerise.Cli.Tests;

/// <summary>Damaged and missing input: one clear message with the place, never a stack trace.</summary>
public sealed class BadInputTests(SmallModel model)
{
    [Fact]
    public void A_missing_model_folder_is_named_with_what_is_expected() => Assert.Equal(
        "no/such: no such folder. --model takes a Hugging Face model folder: config.json, model.safetensors, tokenizer.json.",
        Cli.Fail(ExitCodes.Failed, "generate", "--model", "no/such", "--prompt", "a"));

    [Theory]
    [InlineData("config.json")]
    [InlineData("model.safetensors")]
    [InlineData("tokenizer.json")]
    public void A_missing_file_of_the_model_is_named(string file)
    {
        using TemporaryFolder copy = model.CopyModel();
        File.Delete(copy.File(file));
        Assert.Contains(file, Score(copy));
    }

    [Fact]
    public void Truncated_weights_are_an_error()
    {
        using TemporaryFolder copy = model.CopyModel();
        using (FileStream file = File.OpenWrite(copy.File("model.safetensors")))
            file.SetLength(file.Length - 100);
        Assert.StartsWith($"{copy.File("model.safetensors")}: ", Score(copy));
    }

    [Fact]
    public void Weights_of_another_size_name_tensor_and_shapes()
    {
        using TemporaryFolder copy = model.CopyModel();
        string config = File.ReadAllText(copy.File("config.json"));
        File.WriteAllText(
            copy.File("config.json"), config.Replace("\"intermediate_size\": 64", "\"intermediate_size\": 96", StringComparison.Ordinal));
        Assert.Contains("'model.layers.0.mlp.gate_proj.weight' is [64, 32], the config asks for [96, 32]", Score(copy));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"model\":{\"type\":\"Unigram\"}}")]
    public void A_corrupt_tokenizer_names_its_file(string content)
    {
        using TemporaryFolder copy = model.CopyModel();
        File.WriteAllText(copy.File("tokenizer.json"), content);
        Assert.StartsWith($"{copy.File("tokenizer.json")}: ", Score(copy));
    }

    [Fact]
    public void A_tokenizer_with_more_ids_than_the_model_is_refused()
    {
        using TemporaryFolder copy = model.CopyModel();
        Cli.Succeed("train-tokenizer", "--input", model.Text, "--vocab-size", "320", "--out", copy.Path);
        Assert.Contains("tokenizer.json has the ids 0 to", Score(copy));
    }

    [Fact]
    public void An_unreadable_generation_config_is_named()
    {
        using TemporaryFolder copy = model.CopyModel();
        File.WriteAllText(copy.File("generation_config.json"), "{\"temperature\":\"hot\"}");
        Assert.StartsWith($"{copy.File("generation_config.json")}: 'temperature' is ", Score(copy));
    }

    [Theory]
    [InlineData("{\"ids\":[1,2]}\n{\"ids\":[1,2", 2)]
    [InlineData("{\"ids\":[1,2]}\n\n[1,2]", 3)]
    [InlineData("{\"ids\":[1,\"a\"]}", 1)]
    [InlineData("{\"ids\":7}", 1)]
    [InlineData("{\"ids\":[1,-2]}", 1)]
    [InlineData("{\"ids\":[1,300]}", 1)]
    [InlineData("{\"text\":\"a\"}", 1)]
    [InlineData("{\"prompt\":\"a\"}", 1)]
    [InlineData("{\"prompt\":\"\",\"completion\":\"a\"}", 1)]
    public void A_malformed_row_names_file_and_line(string rows, int line)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("rows.jsonl");
        File.WriteAllText(file, rows);
        Assert.StartsWith($"{file}:{line}", Cli.Fail(ExitCodes.Failed, "score", "--model", model.Model, "--input", file));
        Assert.StartsWith($"-:{line}", Cli.Fail(ExitCodes.Failed, new StringReader(rows), "score", "--model", model.Model, "--input", "-"));
    }

    [Fact]
    public void Standard_input_that_is_not_utf8_is_refused()
    {
        using var input = new StreamReader(new MemoryStream([.. "{\"text\":\""u8, 0xFF, .. "\"}"u8]), Encoding.UTF8);
        Assert.StartsWith("-:1:10: is not valid UTF-8", Cli.Fail(ExitCodes.Failed, input, "tokenize", "--tokenizer", model.Model, "--input", "-"));
    }

    [Fact]
    public void A_missing_input_file_is_named() =>
        Assert.StartsWith("no/such.jsonl: does not exist", Cli.Fail(ExitCodes.Failed, "score", "--model", model.Model, "--input", "no/such.jsonl"));

    [Fact]
    public void A_row_longer_than_the_context_is_refused()
    {
        string row = $"{{\"ids\":[{string.Join(',', Enumerable.Repeat(1, 129))}]}}";
        Assert.Equal(
            "-:1: has 129 tokens; the model's context is 128. Shorten the row, or give --context.",
            Cli.Fail(ExitCodes.Failed, new StringReader(row), "score", "--model", model.Model, "--input", "-"));
    }

    [Fact]
    public void A_prompt_that_fills_the_context_is_refused() => Assert.EndsWith(
        "the model's context is 128, which leaves no room for a completion. Shorten it.",
        Cli.Fail(ExitCodes.Failed, "generate", "--model", model.Model, "--prompt", new string('#', 1000)));

    [Fact]
    public void An_empty_prompt_without_a_bos_token_is_refused() =>
        Assert.StartsWith("--prompt has no tokens", Cli.Fail(ExitCodes.Failed, "generate", "--model", model.Model, "--prompt", ""));

    private static string Score(TemporaryFolder folder) =>
        Cli.Fail(ExitCodes.Failed, new StringReader("{\"ids\":[1,2]}"), "score", "--model", folder.Path, "--input", "-");
}
