using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Datasets;
using Cerise.Models.Configs;
using Cerise.Training.Evaluation;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;

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
        Assert.Equal("2 rows, 10 of 13 tokens trained (76.9 %).", Detail(run, "trained tokens"));
        Assert.StartsWith("1 rows are cut to 8 tokens and lose their end; of 1 nothing trained is left and they are dropped", Detail(run, "length"), StringComparison.Ordinal);
        Assert.Contains(_small.Progress.Messages, message => message.StartsWith("sft: length: 1 rows are cut", StringComparison.Ordinal));
    }

    [Fact]
    public void Sft_without_a_trained_token_is_refused()
    {
        _small.Write("pairs.jsonl", """{"prompt":"abcdefgh","completion":"x"}""");
        Assert.StartsWith(
            "pre-flight of stage 'sft': trained tokens: no row is left to train on (DIR/pairs.jsonl:1)",
            _small.Refused(Stage("sft", "model: DIR/toy, data: DIR/pairs.jsonl, max_length: 8")), StringComparison.Ordinal);
    }

    [Fact]
    public void Sft_goes_no_further_than_the_models_context()
    {
        _small.Write("pairs.jsonl", $$"""{"prompt":"ab","completion":"{{new string('x', 500)}}"}""");
        string run = _small.Run(Stage("sft", "model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 1"));
        Assert.StartsWith("1 rows, 126 of 128 tokens trained", Detail(run, "trained tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public void Sft_trains_what_the_assistant_says_and_saves_template_and_end_of_turn()
    {
        SaveChatModel("chat");
        _small.Write("talks.jsonl", Talk("hi", "ho"), Talk("ab", "cd"), """{"conversations":[{"from":"human","value":"x"},{"from":"gpt","value":"y"},{"from":"human","value":"z"},{"from":"gpt","value":"w"}]}""");
        string run = _small.Run(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl, max_steps: 2, batch_size: 2, chat_template: chatml, eos_token: '<|im_end|>'"));

        // Two letters and the end of the turn, twice; one letter and the end, twice.
        Assert.StartsWith("3 rows, 10 of ", Detail(run, "trained tokens"), StringComparison.Ordinal);
        string model = Path.Combine(run, "model");
        var text = ModelText.Load(new ModelSource(model, null));
        Assert.Equal("<|im_end|>", text.Tokenizer.IdToToken(text.Tokenizer.EosId!.Value));
        Assert.Equal(ChatTemplate.ChatMl.Source, text.Template!.Source);
        int[] ends = [.. GenerationConfig.Load(model)!.EosTokenIds];
        Assert.Equal([text.Tokenizer.TokenToId("<|endoftext|>")!.Value, text.Tokenizer.EosId!.Value], ends.Order());
    }

    [Fact]
    public void Rows_of_other_columns_and_of_csv_are_read_as_the_recipe_says()
    {
        _small.Write("pairs.csv", "question,reply", "ab,cd", "\"a,b\",\"c\nd\"");
        string run = _small.Run(Stage("sft", "model: DIR/toy, data: DIR/pairs.csv, max_steps: 1, columns: {prompt: question, completion: reply}"));
        Assert.Equal("2 rows, 7 of 12 tokens trained (58.3 %).", Detail(run, "trained tokens"));
    }

    [Fact]
    public void What_would_ruin_a_chat_model_stops_the_run_before_it_begins()
    {
        SaveChatModel("chat");
        _small.Write("talks.jsonl", Talk("hi", "ho"));
        Assert.Contains(
            "end token: 1 last answers end with <|im_end|>, at which generation does not stop", _small.Refused(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl, max_steps: 1, chat_template: chatml")),
            StringComparison.Ordinal);

        // A chat model's own folder names the ends of its turns beside the end of text.
        Tokenizer tokenizer = Tokenizer.Load(_small.Path("chat"));
        File.WriteAllText(_small.Path("chat/generation_config.json"), $$"""{"eos_token_id": [{{tokenizer.EosId}}, {{tokenizer.TokenToId("<|im_end|>")}}]}""");
        Assert.StartsWith(
            "every trained answer ends with", Detail(_small.Run(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl, max_steps: 1, chat_template: chatml"), "named"), "end token"), StringComparison.Ordinal);
        DatasetException none = Assert.Throws<DatasetException>(() => _small.Run(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl"), "none"));
        Assert.Contains("talks.jsonl:1", none.Message, StringComparison.Ordinal);
        File.WriteAllText(_small.Path("endless.jinja"), "{% for m in messages %}{{ m.role + ': ' + m.content + '\n' }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");
        Assert.Contains("trained answers end without a special token", _small.Refused(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl, chat_template: DIR/endless.jinja")), StringComparison.Ordinal);
        File.WriteAllText(_small.Path("other.jinja"), "{% for m in messages %}<|im_start|>{{ m.role + ': ' + m.content }}<|im_end|>{% endfor %}{% if add_generation_prompt %}<|im_start|>model: {% endif %}");
        Assert.Contains("does not begin with what the template appends", _small.Refused(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl, chat_template: DIR/other.jinja")), StringComparison.Ordinal);
        TokenizerException unknown = Assert.Throws<TokenizerException>(() => _small.Run(Stage("sft", "model: DIR/chat, data: DIR/talks.jsonl, eos_token: '<end>'"), "unknown"));
        Assert.Contains("there is no token '<end>'", unknown.Message, StringComparison.Ordinal);
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

    [Fact]
    public void A_file_of_a_mixture_may_have_columns_of_its_own()
    {
        _small.Write("a.csv", "question,reply", "ab,cd");
        _small.Write("b.jsonl", """{"ask":"ab","say":"cd"}""");
        _small.Write("c.jsonl", """{"question":"ab","reply":"cd"}""");
        string run = _small.Run(Stage("sft", """
            model: DIR/toy, data: DIR/a.csv, max_steps: 1, columns: {prompt: question, completion: reply},
            mix: [{data: DIR/b.jsonl, columns: {prompt: ask, completion: say}}, {data: DIR/c.jsonl}]
            """.ReplaceLineEndings(" ")));
        Assert.StartsWith("3 rows, 9 of 15 tokens trained", Detail(run, "trained tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_layout_settles_what_columns_leave_open()
    {
        _small.Write("pairs.jsonl", """{"prompt":"ab","completion":"cd","instruction":"x","output":"y"}""");
        const string Settings = "model: DIR/toy, data: DIR/pairs.jsonl, max_steps: 1";
        Assert.Contains("can be read as alpaca", Assert.Throws<DatasetException>(() => _small.Run(Stage("sft", Settings), "open")).Message, StringComparison.Ordinal);
        Assert.StartsWith("1 rows, 3 of 5 tokens", Detail(_small.Run(Stage("sft", Settings + ", layout: prompt_completion"), "settled"), "trained tokens"), StringComparison.Ordinal);
    }

    [Fact]
    public void What_would_ruin_a_training_ruins_an_evaluation_too()
    {
        _small.Write("pairs.jsonl", """{"prompt":"ab","completion":"cd"}""");
        _small.Write("held.jsonl", """{"prompt":"ab","completion":"cd"}""", """{"prompt":"ab"}""");
        Assert.StartsWith(
            "pre-flight of stage 'sft': validation: trained tokens: 1 of 2 rows have no trained token; the first: it has no answer to train on (DIR/held.jsonl:2).",
            _small.Refused(Stage("sft", "model: DIR/toy, data: DIR/pairs.jsonl, eval_data: DIR/held.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_pair_is_never_divided_between_training_and_validation()
    {
        SaveChatModel("chat");
        _small.Write("pairs.jsonl", [.. Enumerable.Range(0, 60).SelectMany(i => (string[])
        [
            $$"""{"messages":[{"role":"system","content":"good"},{"role":"user","content":"{{i}}"},{"role":"assistant","content":"yes"}],"pair_id":"{{i}}"}""",
            $$"""{"messages":[{"role":"system","content":"bad"},{"role":"user","content":"{{i}}"},{"role":"assistant","content":"no"}],"polarity":-1,"pair_id":"{{i}}"}""",
        ])]);
        string run = _small.Run(Stage("sft", "model: DIR/chat, data: DIR/pairs.jsonl, max_steps: 1, validation_split: 0.4, chat_template: chatml, eos_token: '<|im_end|>'"));
        Assert.Matches("^[0-9]+, each under a system prompt of its own and paired with a good one\\.$", Detail(run, "negative examples"));
    }

    [Fact]
    public void A_task_keeps_out_what_others_hold_out()
    {
        // What the same seed makes without the setting is what has to be kept out.
        const string Settings = "documents: 40, prompts: 30, evaluation_problems: 5, chat: {conversations: 40}";
        string free = Path.Combine(_small.Run(Stage("task", Settings), "free"), "stages", "task");
        File.Copy(Path.Combine(free, "prompts.jsonl"), _small.Path("held.jsonl"));
        string[] heldOut = [.. File.ReadLines(_small.Path("held.jsonl")).Select(line => JsonDocument.Parse(line).RootElement.GetProperty("question").GetString()!)];
        string kept = Path.Combine(_small.Run(Stage("task", Settings + ", held_out: [DIR/held.jsonl]"), "kept"), "stages", "task");
        Assert.All(heldOut, question => Assert.DoesNotContain(question, Made(kept), StringComparison.Ordinal));
        Assert.Equal(File.ReadAllBytes(Path.Combine(free, "conversations.jsonl")), File.ReadAllBytes(Path.Combine(kept, "conversations.jsonl")));

        // Another question about a story is no copy of the story's own, by which stories are drawn; as a text in the file it is found all the same.
        string asked = File.ReadLines(Path.Combine(free, "conversations.jsonl"))
            .Select(line => JsonDocument.Parse(line).RootElement.GetProperty("messages")[1].GetProperty("content").GetString()!).First(text => !text.EndsWith(" now?", StringComparison.Ordinal));
        _small.Write("asked.jsonl", JsonSerializer.Serialize(new { question = asked }));
        Assert.Contains("conversations.jsonl, line ", Assert.Throws<ContaminationException>(() => _small.Run(Stage("task", Settings + ", held_out: [DIR/asked.jsonl]"), "asked")).Message, StringComparison.Ordinal);

        static string Made(string folder) => string.Concat(((string[])["corpus", "prompts", "conversations"]).Select(file => File.ReadAllText(Path.Combine(folder, $"{file}.jsonl"))));
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

    private void SaveChatModel(string name)
    {
        Tokenizer tokenizer = BpeTrainer.Train([], new BpeTrainerOptions { VocabSize = 259, SpecialTokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"] });
        _small.SaveModel(name, tokenizer, vocabSize: 259);
    }

    private static string Talk(string question, string answer) => JsonSerializer.Serialize(new
    {
        messages = new[] { new { role = "user", content = question }, new { role = "assistant", content = answer } },
    });

    private static string Stage(string kind, string settings) => $"name: s\nstages:\n  - {{stage: {kind}, {settings}}}\n";

    private static string Detail(string run, string check) => JsonDocument.Parse(File.ReadAllText(Path.Combine(run, "preflight.json"))).RootElement
        .EnumerateArray().Single(entry => entry.GetProperty("check").GetString() == check).GetProperty("detail").GetString()!;

    private static IEnumerable<double> Losses(string run) => File.ReadLines(Path.Combine(run, "metrics.jsonl"))
        .Select(line => JsonDocument.Parse(line).RootElement)
        .Where(row => row.TryGetProperty("eval_loss", out _))
        .Select(row => row.GetProperty("eval_loss").GetDouble());

    private int Hidden(string folder) => JsonDocument.Parse(File.ReadAllText(_small.Path($"{folder}/config.json"))).RootElement.GetProperty("hidden_size").GetInt32();
}
