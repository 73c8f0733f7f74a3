using System.Text.Json;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class InspectVerbTests(SmallModel model)
{
    private const string ChatMl =
        "{% for m in messages %}{{ '<|im_start|>' + m.role + '\n' + m.content + '<|endoftext|>\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

    [Fact]
    public void Rows_are_shown_with_columns_and_counts()
    {
        Cli.Outcome outcome = Cli.RunWithInput(
            "{\"prompt\":\"a\",\"completion\":\"b\"}\n{\"prompt\":\"c\",\"completion\":null}\n", "inspect", "-", "--rows", "1");
        Assert.Equal(
            "row 1\n  prompt: \"a\"\n  completion: \"b\"\n2 rows, prompt completion\n  completion: 1 filled\n  prompt: 2 filled\n", outcome.Output);
    }

    [Fact]
    public void Messages_are_shown_role_by_role_without_a_tokenizer()
    {
        const string row = """{"conversations":[{"from":"human","value":"Find it."},{"from":"function_call","value":"{\"name\":\"find\",\"arguments\":{}}"},{"from":"observation","value":"9"},{"from":"gpt","value":"Nine.","train":false}]}""";
        Assert.StartsWith(
            "row 1\n  user: \"Find it.\"\n  assistant: calls find {}\n  tool: \"9\"\n  assistant: \"Nine.\" (not trained)\n1 rows\n",
            Cli.RunWithInput(row, "inspect", "-").Output);
    }

    [Fact]
    public void A_tokenizer_shows_which_tokens_are_trained()
    {
        string output = Cli.RunWithInput("{\"prompt\":\"x\",\"completion\":\" y\\nz\"}", "inspect", "-", "--tokenizer", model.Tokenizer, "--ids").Output;
        Assert.StartsWith("row 1: ", output);
        Assert.Contains("  prompt 1 tokens\n    | x\n    ids 88:\"x\"\n", output);
        Assert.Contains("\n    | ⟦ y↵⟧\n    | ⟦z<|endoftext|>⟧\n    ids *", output);
        Assert.Contains("\n  ok      trained tokens: 1 rows, ", output);
        Assert.Contains("1 rows, prompt completion: 1 used\n", output);
    }

    [Fact]
    public void A_model_and_a_template_show_conversations_as_they_are_trained_on()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("chat.jinja"), ChatMl);
        File.WriteAllText(folder.File("rows.csv"), "question,answer\nEvery word?,counts\nAll?,\"every \"\"letter\"\"\"\nNone?,\n");
        string output = Cli.Succeed(
            "inspect", folder.File("rows.csv"), "--column", "instruction=question", "--column", "output=answer", "--model", model.Model,
            "--template", folder.File("chat.jinja"), "--system-prompt", "Be brief.").Output;
        Assert.Contains("  system ", output);
        Assert.Contains("    | Be brief.<|endoftext|>↵\n", output);
        Assert.Contains("    | <|im_start|>assistant↵\n    | ⟦every \"letter\"<|endoftext|>⟧↵\n", output);
        Assert.Contains("row 4: left out: column 'output' (mapped from 'answer') is null; a string is expected.\n", output);
        Assert.Contains("  ok      vocabulary: ", output);
        Assert.Contains("  warning bad rows: 1 of 3 rows are left out", output);
        Assert.Contains("3 rows, alpaca: 2 used\n", output);
    }

    [Fact]
    public void Rows_are_cut_and_told()
    {
        string output = Cli.RunWithInput(
            "{\"prompt\":\"x\",\"completion\":\"zzzzzzzz\"}\n{\"prompt\":\"zzzzzzzz\",\"completion\":\"x\"}\n",
            "inspect", "-", "--tokenizer", model.Tokenizer, "--max-length", "4").Output;
        Assert.Contains("row 1: 4 tokens, 6 more cut off, 3 trained\n", output);
        Assert.Contains("  ... 6 tokens cut off\n", output);
        Assert.Contains("row 2: 4 tokens, 6 more cut off, 0 trained; left out: all its 2 trained tokens lie beyond the first 4 of 10\n", output);
        Assert.Contains("2 rows, prompt completion: 1 used\n  1 left out: all its N trained tokens lie beyond the first N of N\n  1 cut, 6 tokens lost\n", output);
    }

    [Fact]
    public void Prompts_are_shown_up_to_where_the_answer_begins()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("chat.jinja"), ChatMl);
        string output = Cli.RunWithInput(
            """{"prompt":[{"role":"user","content":"a"}]}""", "inspect", "-", "--tokenizer", model.Tokenizer, "--template", folder.File("chat.jinja")).Output;
        Assert.Contains("  template ", output);
        Assert.Contains("    | <|im_start|>assistant↵\n", output);
        Assert.Contains("1 rows, prompt: 1 used\n", output);
        Assert.DoesNotContain("checks\n", output);
    }

    [Fact]
    public void The_token_that_ends_a_turn_can_be_named()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("chat.jinja"), ChatMl.Replace("<|endoftext|>", "<|im_end|>", StringComparison.Ordinal));
        Cli.Succeed("train-tokenizer", "--input", model.Text, "--vocab-size", "300", "--special", "<|im_end|>", "--out", folder.File("tokenizer"));
        string[] args = ["inspect", "-", "--tokenizer", folder.File("tokenizer"), "--template", folder.File("chat.jinja")];
        const string row = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";
        Assert.Contains("failed  end token: 1 last answers end with <|im_end|>", Cli.RunWithInput(row, args).Output);
        Assert.Contains("ok      end token: ", Cli.RunWithInput(row, [.. args, "--eos-token", "<|im_end|>"]).Output);
    }

    [Fact]
    public void Colour_stands_for_marks_where_it_is_asked_for()
    {
        string[] args = ["inspect", "-", "--tokenizer", model.Tokenizer, "--color"];
        const string row = "{\"prompt\":\"x\",\"completion\":\" y\"}";
        string coloured = Cli.RunWithInput(row, [.. args, "always"]).Output;
        Assert.Contains("\e[", coloured);
        Assert.DoesNotContain("⟦", coloured);
        Assert.DoesNotContain("\e[", Cli.RunWithInput(row, [.. args, "never"]).Output);
    }

    [Fact]
    public void A_page_shows_all_of_it_and_runs_nothing_of_the_data()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string page = folder.File("sub/page.html");
        string output = Cli.RunWithInput(
            "{\"prompt\":\"<script>alert(1)</script>\",\"completion\":\"a & b\"}\n{\"prompt\":\"\",\"completion\":\"c\"}\n{\"prompt\":\"d\"}\n",
            "inspect", "-", "--tokenizer", model.Tokenizer, "--page", page).Output;
        Assert.EndsWith($"page: {page}\n", output);
        string html = File.ReadAllText(page);
        Assert.DoesNotContain("<script", html);
        Assert.Contains("<b>row 1</b>", html);
        Assert.Contains("<b>row 2</b>", html);
        Assert.Contains("<mark><span title=\"", html);
        Assert.Contains("&lt;", html);
        Assert.Contains("<td>trained tokens</td>", html);
        Assert.DoesNotContain("http", html);
        Assert.Equal(html.Split("<mark>").Length, html.Split("</mark>").Length);
    }

    [Fact]
    public void A_page_without_tokens_is_refused() =>
        Assert.Contains("there are no tokens to show. Name --model or --tokenizer",
            Cli.Fail(ExitCodes.Failed, new StringReader("{\"text\":\"a\"}"), "inspect", "-", "--page", "never-made.html"));

    [Fact]
    public void A_fault_in_any_row_is_found() =>
        Assert.StartsWith("-:5", Cli.Fail(ExitCodes.Failed, new StringReader("{\"text\":\"a\"}\n{}\n{}\n{}\nnonsense"), "inspect", "-"));

    [Fact]
    public void A_column_that_is_no_pair_is_misuse() =>
        Assert.Contains("--column is 'question'; write name=column", Cli.Fail(ExitCodes.Misuse, new StringReader("{}"), "inspect", "-", "--column", "question"));

    [Fact]
    public void A_recipe_is_shown_with_overrides_and_defaults()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("r.yaml"), "stages:\n  - stage: tokenizer\n    data: corpus.jsonl\n");
        string output = Cli.Succeed("inspect", folder.File("r.yaml"), "--set", "seed=5").Output;
        Assert.StartsWith("name: r\nseed: 5\nstages:\n  - stage: tokenizer\n    name: tokenizer\n    data: corpus.jsonl\n    vocab_size: ", output);
    }

    [Fact]
    public void A_recipe_shows_the_data_that_are_there_and_says_what_makes_the_others()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("rows.jsonl"), "{\"prompt\":\"x\",\"completion\":\" y\"}\n");
        File.WriteAllText(folder.File("questions.jsonl"), "{\"question\":\"x\"}\n");
        File.WriteAllText(folder.File("r.yaml"), $"""
            stages:
              - stage: task
              - stage: sft
                model: {JsonSerializer.Serialize(model.Model)}
                data: {JsonSerializer.Serialize(folder.File("rows.jsonl"))}
              - stage: grpo
                model: {JsonSerializer.Serialize(model.Model)}
                data: {JsonSerializer.Serialize(folder.File("questions.jsonl"))}
                template: "Q: {"{question}"}"
                rewards: [{"{name: accuracy}"}]
              - stage: grpo
                name: later
                model: sft
                data: task/prompts.jsonl
                rewards: [{"{name: accuracy}"}]
              - stage: grpo
                name: last
                model: sft
                data: {JsonSerializer.Serialize(folder.File("rows.jsonl"))}
                rewards: [{"{name: accuracy}"}]

            """);
        string output = Cli.Succeed("inspect", folder.File("r.yaml"), "--out", folder.File("run")).Output;
        Assert.Contains($"# stage 'sft': {folder.File("rows.jsonl")}\nrow 1: ", output);
        Assert.Contains("⟦ y<|endoftext|>⟧", output);
        Assert.Contains("    | Q: x\n", output);
        Assert.Contains("# stage 'later': task/prompts.jsonl will be made by stage 'task'\n", output);
        Assert.Contains("is there, but not the tokenizer: sft will be made by stage 'sft'\n", output);
    }

    [Fact]
    public void A_recipe_shows_every_file_of_a_mixture_and_both_splits_as_the_run_reads_them()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllLines(folder.File("a.jsonl"), Enumerable.Range(0, 60).Select(i => $$"""{"prompt":"{{i}}","completion":" is {{i}}"}"""));
        File.WriteAllText(folder.File("b.json"), """[{"ask":"x","say":"y"},{"ask":"z","say":"w"}]""");
        File.WriteAllText(folder.File("r.yaml"), $"""
            stages:
              - stage: sft
                model: {JsonSerializer.Serialize(model.Model)}
                data: {JsonSerializer.Serialize(folder.File("a.jsonl"))}
                mix: [{"{"}data: {JsonSerializer.Serialize(folder.File("b.json"))}, weight: 0.5, columns: {"{prompt: ask, completion: say}"}{"}"}]
                validation_split: 0.2
                max_steps: 1

            """);
        string output = Cli.Succeed("inspect", folder.File("r.yaml"), "--rows", "1", "--page", folder.File("page.html")).Output;
        string planned = Cli.Succeed("run", folder.File("r.yaml"), "--dry-run").Output;
        Cli.Succeed("run", folder.File("r.yaml"), "--out", folder.File("run"), "--no-progress");
        string[] parts = output.Split("# stage 'sft', validation: ");
        Assert.Equal(2, parts.Length);
        Assert.Contains($"# stage 'sft', training: {folder.File("a.jsonl")} (weight 1), {folder.File("b.json")} (weight 0.5)\n", parts[0]);
        Assert.Contains($"ok      trained tokens: {Detail("trained tokens")}\n", parts[0]);
        Assert.Contains($"\n#   passed trained tokens: {Detail("trained tokens")}\n", planned);
        Assert.Contains(" of 62 rows, held back by what they hold\n", parts[1]);
        string[] counts = Detail("validation").Split(' ');
        Assert.Contains($"trained tokens: {counts[0]} rows, {counts[2]} of ", parts[1]);
        string own = System.Text.RegularExpressions.Regex.Escape(folder.File("a.jsonl"));
        Assert.Matches($"(?m)^row [0-9]+ of {own}: [0-9]+ tokens", parts[0]);
        Assert.Matches($"(?m)^  {own}: [0-9]+ rows, [0-9]+ used", parts[0]);
        Assert.Matches("b.json: [0-9]+ rows \\([12] different ones\\), [0-9]+ used, [0-9]+ tokens, [0-9]+ trained", parts[0]);
        string page = File.ReadAllText(folder.File("page.html"));
        Assert.Contains("<h2>stage &#39;sft&#39;, training: ", page);
        Assert.Contains("<h2>stage &#39;sft&#39;, validation: ", page);
        Assert.Contains("<th>different</th>", page);

        string Detail(string check) => JsonDocument.Parse(File.ReadAllText(folder.File("run/preflight.json"))).RootElement
            .EnumerateArray().Single(entry => entry.GetProperty("check").GetString() == check).GetProperty("detail").GetString()!;
    }

    [Fact]
    public void A_recipe_that_would_stop_at_bad_rows_fails_its_check()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("rows.json"), """[{"prompt":"x","completion":" y"},{"x":1}]""");
        File.WriteAllText(folder.File("r.yaml"), $"""
            stages:
              - stage: sft
                model: {JsonSerializer.Serialize(model.Model)}
                data: {JsonSerializer.Serialize(folder.File("rows.json"))}

            """);
        Assert.Contains("failed  bad rows: 1 of 2 rows are bad; the first: is no conversation", Cli.Succeed("inspect", folder.File("r.yaml")).Output);
        Assert.Contains("the run would stop: bad rows: 1 of 2 rows are bad", Cli.Fail(ExitCodes.Failed, "run", folder.File("r.yaml"), "--dry-run"));
        Assert.Contains("warning bad rows: 1 of 2 rows are left out", Cli.Succeed("inspect", folder.File("r.yaml"), "--set", "stages.sft.drop_bad_rows=true").Output);
    }

    [Fact]
    public void Nothing_in_the_data_moves_the_cursor_or_turns_the_line_around()
    {
        const string evil = "\\u001b[31m \\u009b31m \\u202e";
        string output = Cli.RunWithInput($$"""{"prompt":"{{evil}}","completion":" y"}{{"\n"}}{"messages":[{"role":"{{evil}}","content":"a"}]}""", "inspect", "-", "--tokenizer", model.Tokenizer).Output;
        string columns = Cli.RunWithInput($$"""{"answer":"\u202e\u009b","gold":1}""", "inspect", "-").Output;
        Assert.DoesNotContain(output + columns, at => at is '\e' or '\x9b' or '\u202e');
        Assert.Contains("\uFFFD[31m", output);
        string error = Cli.Fail(ExitCodes.Failed, new StringReader($$"""{"messages":[{"role":"{{evil}}","content":"a"}]}"""), "eval", "--model", model.Model, "--task", "math", "--data", "-");
        Assert.DoesNotContain('\e', error);
    }

    [Fact]
    public void The_end_that_is_kept_is_shown_after_what_is_cut()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("rows.jsonl"), "{\"prompt\":\"zzzzzzzz\",\"completion\":\"x\"}\n");
        File.WriteAllText(folder.File("r.yaml"), $"""
            stages:
              - stage: sft
                model: {JsonSerializer.Serialize(model.Model)}
                data: {JsonSerializer.Serialize(folder.File("rows.jsonl"))}
                max_length: 4
                truncation_mode: keep_end

            """);
        Assert.Contains("  ... 6 tokens cut off\n  prompt 2 tokens\n    | zz\n  completion 2 tokens, 2 trained\n    | ⟦x<|endoftext|>⟧\n", Cli.Succeed("inspect", folder.File("r.yaml")).Output);
    }

    [Fact]
    public void A_faulty_recipe_names_file_and_line()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("r.yaml"), "stages:\n  - stage: evaluat\n");
        Assert.Contains("r.yaml:2", Cli.Fail(ExitCodes.Failed, "inspect", folder.File("r.yaml")));
        Assert.Contains("no.yaml", Cli.Fail(ExitCodes.Failed, "inspect", folder.File("no.yaml")));
    }
}
