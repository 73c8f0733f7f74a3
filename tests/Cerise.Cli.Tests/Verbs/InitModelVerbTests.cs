using System.Text.Json;
using Cerise.Models.Configs;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class InitModelVerbTests(SmallModel model)
{
    private static readonly string[] Sizes =
    [
        "--family", "qwen2", "--hidden-size", "32", "--layers", "1", "--heads", "4", "--kv-heads", "2", "--ffn", "48", "--vocab-size", "300",
    ];

    [Fact]
    public void The_tokenizer_is_copied_byte_for_byte_and_names_the_end_of_text()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Cli.Succeed(["init-model", "--out", folder.Path, .. Sizes, "--tokenizer", model.Tokenizer]);
        foreach (string file in (string[])["tokenizer.json", "tokenizer_config.json"])
            Assert.Equal(File.ReadAllBytes(Path.Combine(model.Tokenizer, file)), File.ReadAllBytes(folder.File(file)));
        Assert.Equal(0, Config(folder).GetProperty("eos_token_id").GetInt32());
        Assert.Equal("{\n  \"eos_token_id\": 0\n}\n", File.ReadAllText(folder.File("generation_config.json")));
        Cli.Succeed("generate", "--model", folder.Path, "--prompt", "The", "--max-new-tokens", "2");
    }

    public static TheoryData<string> Families => [.. ModelConfig.KnownModelTypes];

    [Theory]
    [MemberData(nameof(Families))]
    public void Every_family_makes_a_model_that_generates_and_scores_with_the_same_bits(string family)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string[] sizes = ["--hidden-size", "32", "--layers", "2", "--heads", "4", "--ffn", "48", "--context", "64"];
        Cli.Succeed(["init-model", "--out", folder.Path, "--family", family, .. sizes, "--tokenizer", model.Tokenizer]);
        // Of gemma3, whose folders hold an image encoder too, the language model is made.
        Assert.Equal(family == "gemma3" ? "gemma3_text" : family, Config(folder).GetProperty("model_type").GetString());
        string[] sampling = ["--model", folder.Path, "--prompt", "The", "--max-new-tokens", "9", "--json"];
        JsonElement row = Cli.Succeed(["generate", .. sampling]).Rows[0];
        int[] prompt = Ids(row, "prompt_ids"), ids = Ids(row, "ids");
        File.WriteAllText(folder.File("rows.jsonl"), $"{{\"ids\":[{string.Join(',', prompt.Concat(ids))}]}}\n");
        JsonElement scores = Cli.Succeed("score", "--model", folder.Path, "--input", folder.File("rows.jsonl")).Rows[0];
        Assert.Equal(Numbers(row), Numbers(scores)[(prompt.Length - 1)..]);

        static int[] Ids(JsonElement row, string key) => [.. row.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
        static float[] Numbers(JsonElement row) => [.. row.GetProperty("logprobs").EnumerateArray().Select(number => number.GetSingle())];
    }

    [Fact]
    public void Flags_become_the_config()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string[] more = ["--head-dim", "16", "--rope-theta", "5e5", "--rms-norm-eps", "1e-5", "--context", "77", "--untied", "--dtype", "bf16"];
        Cli.Succeed(["init-model", "--out", folder.Path, .. Sizes, .. more]);
        JsonElement config = Config(folder);
        Assert.Equal("qwen2", config.GetProperty("model_type").GetString());
        Assert.Equal(16, config.GetProperty("head_dim").GetInt32());
        Assert.Equal(2, config.GetProperty("num_key_value_heads").GetInt32());
        Assert.Equal(5e5, config.GetProperty("rope_theta").GetDouble());
        Assert.Equal(1e-5, config.GetProperty("rms_norm_eps").GetDouble());
        Assert.Equal(77, config.GetProperty("max_position_embeddings").GetInt32());
        Assert.False(config.GetProperty("tie_word_embeddings").GetBoolean());
        Assert.Equal("bfloat16", config.GetProperty("torch_dtype").GetString());
    }

    [Fact]
    public void The_same_seed_gives_the_same_bytes_and_another_seed_others()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        byte[] one = Weights("one", "1"), again = Weights("again", "1"), two = Weights("two", "2");
        Assert.Equal(one, again);
        Assert.NotEqual(one, two);

        byte[] Weights(string name, string seed)
        {
            Cli.Succeed(["init-model", "--out", folder.File(name), .. Sizes, "--seed", seed]);
            return File.ReadAllBytes(Path.Combine(folder.File(name), "model.safetensors"));
        }
    }

    [Fact]
    public void A_config_and_a_preset_can_be_changed_in_single_sizes()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        Cli.Succeed("init-model", "--out", folder.File("a"), "--config", model.Model, "--layers", "1");
        JsonElement config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.File("a"), "config.json"))).RootElement;
        Assert.Equal((1, 32), (config.GetProperty("num_hidden_layers").GetInt32(), config.GetProperty("hidden_size").GetInt32()));
        string[] sizes = ["--layers", "1", "--vocab-size", "300", "--hidden-size", "28", "--ffn", "40"];
        Cli.Succeed(["init-model", "--out", folder.File("b"), "--preset", "qwen2.5-0.5b", .. sizes]);
        config = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder.File("b"), "config.json"))).RootElement;
        string[] keys = ["num_attention_heads", "num_key_value_heads", "head_dim"];
        Assert.Equal([14, 2, 2], keys.Select(key => config.GetProperty(key).GetInt32()));
    }

    [Fact]
    public void A_folder_that_holds_a_model_is_left_alone()
    {
        byte[] before = File.ReadAllBytes(Path.Combine(model.Model, "model.safetensors"));
        Assert.Contains("holds a model already", Cli.Fail(ExitCodes.Failed, ["init-model", "--out", model.Model, .. Sizes]));
        Assert.Equal(before, File.ReadAllBytes(Path.Combine(model.Model, "model.safetensors")));
    }

    [Fact]
    public void What_does_not_fit_together_is_misuse()
    {
        Assert.StartsWith(
            "init-model: 'num_key_value_heads' is 3", Cli.Fail(ExitCodes.Misuse, ["init-model", "--out", "x", .. Sizes[..9], "3", .. Sizes[10..]]));
        Assert.StartsWith("init-model: give one of --preset, --config and --family", Cli.Fail(ExitCodes.Misuse, "init-model", "--out", "x"));
        Assert.StartsWith(
            "init-model: --family llama needs --layers, --heads, --ffn, --vocab-size too",
            Cli.Fail(ExitCodes.Misuse, "init-model", "--out", "x", "--family", "llama", "--hidden-size", "8"));
        Assert.StartsWith(
            "init-model: --tie and --untied contradict", Cli.Fail(ExitCodes.Misuse, ["init-model", "--out", "x", .. Sizes, "--tie", "--untied"]));
        Assert.EndsWith(
            "Give --vocab-size 300 or more.",
            Cli.Fail(ExitCodes.Misuse, ["init-model", "--out", "x", .. Sizes[..^1], "299", "--tokenizer", model.Tokenizer]));
    }

    private static JsonElement Config(TemporaryFolder folder) => JsonDocument.Parse(File.ReadAllText(folder.File("config.json"))).RootElement;
}
