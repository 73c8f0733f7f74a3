using System.Text;
using Cerise.Models.Checkpoints;
using Cerise.Models.Configs;
using Cerise.Testing;

namespace Cerise.Models.Tests.Configs;

public sealed class GenerationConfigTests
{
    // As published with Qwen2.5-0.5B-Instruct.
    private const string Published = """
        {"bos_token_id": 151643, "pad_token_id": 151643, "do_sample": true, "eos_token_id": [151645, 151643], "repetition_penalty": 1.1,
         "temperature": 0.7, "top_p": 0.8, "top_k": 20, "transformers_version": "4.37.0"}
        """;

    [Fact]
    public void A_published_file_is_read_in_full()
    {
        GenerationConfig config = Parse(Published);
        Assert.Equal([151645, 151643], config.EosTokenIds);
        Assert.Equal((151643, 151643, true), (config.BosTokenId, config.PadTokenId, config.DoSample));
        Assert.Equal((0.7, 0.8, 20, 1.1), (config.Temperature, config.TopP, config.TopK, config.RepetitionPenalty));
        Assert.Equal((null, null, null), (config.MinP, config.MaxNewTokens, config.MaxLength));
    }

    [Fact]
    public void A_real_file_is_saved_as_it_was_and_a_folder_without_one_gives_null()
    {
        string file = TestPaths.SharedData("models/stories260K/generation_config.json");
        var config = GenerationConfig.Load(Path.GetDirectoryName(file)!);
        Assert.Equal([2], config!.EosTokenIds);
        using TemporaryFolder folder = TestPaths.NewFolder();
        Assert.Null(GenerationConfig.Load(folder.Path));
        config.Save(folder.Path);
        Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(folder.File("generation_config.json")));
    }

    [Fact]
    public void A_change_keeps_unknown_keys_and_a_fresh_one_holds_what_is_set()
    {
        string json = (Parse(Published) with { TopK = null, MinP = 0.05 }).ToJson();
        Assert.Contains("\"transformers_version\": \"4.37.0\"", json, StringComparison.Ordinal);
        Assert.Equal((null, 0.05, 0.8), (Parse(json).TopK, Parse(json).MinP, Parse(json).TopP));
        Assert.Equal("{\n  \"eos_token_id\": 2,\n  \"max_new_tokens\": 16\n}\n", new GenerationConfig { EosTokenIds = [2], MaxNewTokens = 16 }.ToJson());
    }

    [Theory]
    [InlineData("""{"temperature": -1}""", "'temperature' is below 0.")]
    [InlineData("""{"top_p": 1.5}""", "'top_p' is not between 0 and 1.")]
    [InlineData("""{"repetition_penalty": 0}""", "'repetition_penalty' is not above 0.")]
    [InlineData("""{"top_k": -3}""", "'top_k' is -3; a whole number from 0 is expected.")]
    [InlineData("""{"do_sample": "yes"}""", "'do_sample' is the string 'yes'; true or false is expected.")]
    public void What_is_out_of_range_is_named(string json, string expected)
        => Assert.Equal("generation_config.json: " + expected, Assert.Throws<CheckpointException>(() => Parse(json)).Message);

    private static GenerationConfig Parse(string json) => GenerationConfig.Parse(Encoding.UTF8.GetBytes(json), "generation_config.json");
}
