using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Stages;

public sealed class SupervisedStageTests : IDisposable
{
    private readonly SmallRun _small = new();

    public SupervisedStageTests() => _small.SaveModel("toy");

    [Fact]
    public void Sft_counts_what_it_trains_on_and_what_it_drops()
    {
        _small.Write("pairs.jsonl", """{"prompt":"ab","completion":"cd"}""", """{"prompt":"abcdefgh","completion":"x"}""", """{"prompt":"a","completion":"bcdefghij"}""");
        string run = _small.Run(Stage("sft", "model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 1, max_length: 8"));
        Assert.Equal("2 examples, 10 trained of 13 tokens; 1 dropped, their prompts fill max_length (8)", Detail(run, "trained tokens"));
    }

    [Fact]
    public void Sft_without_a_trained_token_is_refused()
    {
        _small.Write("pairs.jsonl", """{"prompt":"abcdefgh","completion":"x"}""");
        Assert.Equal(
            "pre-flight of stage 'sft': trained tokens: no example has a trained token within max_length (8); raise it or shorten the prompts",
            _small.Refused(Stage("sft", "model: DIR/toy, data: DIR/pairs.jsonl, max_length: 8")));
    }

    [Fact]
    public void Sft_goes_no_further_than_the_models_context()
    {
        _small.Write("pairs.jsonl", $$"""{"prompt":"ab","completion":"{{new string('x', 500)}}"}""");
        string run = _small.Run(Stage("sft", "model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 1"));
        Assert.StartsWith("1 examples, 126 trained of 128 tokens", Detail(run, "trained tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrain_without_data_is_refused()
    {
        _small.Write("corpus.jsonl", """{"text":""}""");
        Assert.Equal(
            "pre-flight of stage 'pretrain': data: 0 sequences, 0 trained tokens",
            _small.Refused(Stage("pretrain", "model: DIR/toy, data: DIR/corpus.jsonl")));
    }

    [Fact]
    public void Pretrain_goes_on_with_a_model_or_begins_one()
    {
        _small.Write("corpus.txt", "abc abc");
        _small.Run(Stage("pretrain", "model: DIR/toy, data: DIR/corpus.txt, max_steps: 1, warmup_steps: 0"), "on");
        _small.Run(Stage("pretrain", "tokenizer: DIR/toy, data: DIR/corpus.txt, max_steps: 1, shape: {hidden_size: 8, intermediate_size: 8, num_hidden_layers: 1, num_attention_heads: 2}"), "fresh");
        Assert.Equal(Hidden("toy"), Hidden("on/model"));
        Assert.Equal(8, Hidden("fresh/model"));
        Assert.NotEqual(File.ReadAllBytes(_small.Path("toy/model.safetensors")), File.ReadAllBytes(_small.Path("on/model/model.safetensors")));
    }

    [Fact]
    public void A_tokenizer_without_an_end_is_refused()
    {
        BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 257, EosToken = null }).Save(_small.Path("endless"));
        _small.Write("corpus.txt", "abc");
        Assert.Equal(
            "DIR/endless: neither tokenizer_config.json nor config.json names an end-of-text token, so completions could never end. Set eos_token_id",
            _small.Refused(Stage("pretrain", "tokenizer: DIR/endless, data: DIR/corpus.txt")));
    }

    [Fact]
    public void A_mixture_takes_from_every_source()
    {
        _small.Write("a.jsonl", """{"text":"aaaa"}""", """{"text":"aaaa"}""");
        _small.Write("b.jsonl", """{"text":"bbbb"}""", """{"text":"bbbb"}""");
        _small.Write("none.jsonl");
        string run = _small.Run(Stage("pretrain", "model: DIR/toy, data: DIR/a.jsonl, max_steps: 1, mix: [{data: DIR/b.jsonl}]"));
        Assert.Equal("4 sequences, 16 trained tokens", Detail(run, "data"));
        DatasetException error = Assert.Throws<DatasetException>(() => _small.Run(Stage("pretrain", "model: DIR/toy, data: DIR/a.jsonl, mix: [{data: DIR/none.jsonl}]"), "none"));
        Assert.EndsWith("none.jsonl: holds no rows. Check how the file was made.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_held_back_are_scored_and_the_best_weights_are_kept()
    {
        _small.Write("corpus.jsonl", [.. Enumerable.Range(0, 40).Select(i => $$"""{"text":"{{(i % 2 == 0 ? "abab" : "cdcd")}} {{i}}"}""")]);
        string settings = "model: DIR/toy, data: DIR/corpus.jsonl, validation_split: 0.3, max_steps: 12, eval_steps: 3, batch_size: 4, warmup_steps: 12, learning_rate: 5, lr_scheduler_type: constant";
        string last = _small.Run(Stage("pretrain", settings), "last");
        string best = _small.Run(Stage("pretrain", settings + ", load_best_model_at_end: true"), "best");
        Assert.Matches("^[1-9][0-9]* examples, [0-9]+ scored tokens$", Detail(last, "validation"));
        double[] losses = [.. Losses(best)];
        Assert.Equal(4, losses.Length);
        Assert.True(losses[3] > losses.Min(), "the last evaluation was the best: the test needs a rate that rises too far");
        Assert.NotEqual(File.ReadAllBytes(Path.Combine(last, "model/model.safetensors")), File.ReadAllBytes(Path.Combine(best, "model/model.safetensors")));

        // The kept weights are those of the step with the least loss: a run that ends there has them.
        int step = 3 * (Array.IndexOf(losses, losses.Min()) + 1);
        string there = _small.Run(Stage("pretrain", settings.Replace("max_steps: 12", $"max_steps: {step}", StringComparison.Ordinal)), "there");
        Assert.Equal(File.ReadAllBytes(Path.Combine(there, "model/model.safetensors")), File.ReadAllBytes(Path.Combine(best, "model/model.safetensors")));
    }

    [Theory]
    [InlineData("validation_split: 1", "validation_split is 1; use a number in [0, 1), such as 0.05")]
    [InlineData("validation_split: 0.1, eval_data: x", "eval_data and validation_split are both set; choose one of the two")]
    [InlineData("early_stopping_patience: 2", "early_stopping_patience needs rows to evaluate on; set eval_data or validation_split")]
    [InlineData("load_best_model_at_end: true", "load_best_model_at_end needs rows to evaluate on; set eval_data or validation_split")]
    public void Settings_of_validation_that_contradict_each_other_are_refused(string settings, string fault)
    {
        RecipeException error = Assert.Throws<RecipeException>(() => _small.Run(Stage("sft", $"model: DIR/toy, data: DIR/x.jsonl, {settings}")));
        Assert.Contains(fault, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Openings_need_a_paragraph_longer_than_the_most_that_is_taken()
    {
        _small.Write("text.txt", "Only four words here", "", "lower case does not begin a paragraph of prose at all");
        Assert.Equal(
            "stage 'openings': DIR/text.txt has no paragraph of at least 9 words that begins with a capital letter",
            _small.Refused(Stage("openings", "data: DIR/text.txt")));
        string run = _small.Run(Stage("openings", "data: DIR/text.txt, min_words: 2, max_words: 3"));
        string line = Assert.Single(File.ReadLines(Path.Combine(run, "stages", "openings", "prompts.jsonl")));
        Assert.Contains(JsonDocument.Parse(line).RootElement.GetProperty("prompt").GetString(), (string[])["Only four", "Only four words"]);
    }

    public void Dispose() => _small.Dispose();

    private static string Stage(string kind, string settings) => $"name: s\nstages:\n  - {{stage: {kind}, {settings}}}\n";

    private static string Detail(string run, string check) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "preflight.json"))).RootElement
        .EnumerateArray().Single(entry => entry.GetProperty("check").GetString() == check).GetProperty("detail").GetString()!;

    private static IEnumerable<double> Losses(string run) => File.ReadLines(Path.Combine(run, "metrics.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(row => row.TryGetProperty("eval_loss", out _))
        .Select(row => row.GetProperty("eval_loss").GetDouble());

    private int Hidden(string folder) => JsonDocument.Parse(File.ReadAllText(_small.Path($"{folder}/config.json"))).RootElement.GetProperty("hidden_size").GetInt32();
}
