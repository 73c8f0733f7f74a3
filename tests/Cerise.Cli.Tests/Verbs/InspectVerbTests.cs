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
    public void A_faulty_recipe_names_file_and_line()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("r.yaml"), "stages:\n  - stage: evaluat\n");
        Assert.Contains("r.yaml:2", Cli.Fail(ExitCodes.Failed, "inspect", folder.File("r.yaml")));
        Assert.Contains("no.yaml", Cli.Fail(ExitCodes.Failed, "inspect", folder.File("no.yaml")));
    }
}
