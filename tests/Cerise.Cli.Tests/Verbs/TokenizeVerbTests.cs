using System.Text.Json;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class TokenizeVerbTests(SmallModel model)
{
    [Theory]
    [InlineData("tokenizers/qwen2.5", "vectors_reference.jsonl")]
    [InlineData("tokenizers/qwen2.5", "vectors_llama_cpp.jsonl")]
    [InlineData("tokenizers/gpt2", "vectors_reference.jsonl")]
    [InlineData("tokenizers/gpt2", "vectors_llama_cpp.jsonl")]
    public void Published_vectors_are_reproduced_and_decoded(string folder, string file)
    {
        string tokenizer = TestPaths.SharedData(folder);
        string vectors = Path.Combine(tokenizer, file);
        JsonElement[] expected = [.. File.ReadLines(vectors).Select(line => JsonDocument.Parse(line).RootElement)];
        Cli.Outcome encoded = Cli.Succeed("tokenize", "--tokenizer", tokenizer, "--input", vectors, "--no-special");
        Assert.Equal(
            expected.Select(row => row.GetProperty("ids").GetRawText().Replace(" ", "", StringComparison.Ordinal)),
            encoded.Rows.Select(row => row.GetProperty("ids").GetRawText()));
        JsonElement[] decoded = Cli.Succeed("tokenize", "--tokenizer", tokenizer, "--input", vectors, "--decode").Rows;
        foreach ((JsonElement row, JsonElement text) in expected.Zip(decoded))
            if (row.TryGetProperty("decoded", out JsonElement known))
                Assert.Equal(known.GetString(), text.GetProperty("text").GetString());
    }

    [Fact]
    public void Bos_is_added_unless_special_tokens_are_off()
    {
        string tokenizer = TestPaths.SharedData("models/stories260K/tokenizer.json");
        Assert.Equal("{\"ids\":[1,403]}\n", Cli.RunWithInput("{\"text\":\"Once\"}", "tokenize", "--tokenizer", tokenizer, "--input", "-").Output);
        Assert.Equal(
            "{\"ids\":[403]}\n",
            Cli.RunWithInput("{\"text\":\"Once\"}", "tokenize", "--tokenizer", tokenizer, "--input", "-", "--no-special").Output);
        Assert.Equal(
            "{\"text\":\"Once\"}\n",
            Cli.RunWithInput("{\"ids\":[1,403]}", "tokenize", "--tokenizer", tokenizer, "--input", "-", "--no-special", "--decode").Output);
    }

    [Fact]
    public void Text_that_json_must_escape_and_text_it_need_not_come_back()
    {
        const string row = """{"text":"a \"b\" \\ c\n\t\u0001 é 漢 🎂"}""" + "\n";
        string ids = Cli.RunWithInput(row, "tokenize", "--tokenizer", model.Tokenizer, "--input", "-").Output;
        Assert.Equal(row, Cli.RunWithInput(ids, "tokenize", "--tokenizer", model.Tokenizer, "--input", "-", "--decode").Output);
    }
}
