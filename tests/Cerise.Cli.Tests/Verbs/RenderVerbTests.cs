using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Verbs;

public sealed class RenderVerbTests
{
    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct")]
    [InlineData("openai-gpt-oss-120b")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407")]
    public void Published_cases_give_their_text_or_an_error(string name)
    {
        JsonObject[] cases = [.. File.ReadLines(TestPaths.SharedData("chat_templates/cases.jsonl")).Select(line => JsonNode.Parse(line)!.AsObject())
            .Where(row => row["template"]!.GetValue<string>().EndsWith($"{name}.jinja", StringComparison.Ordinal))];
        Assert.NotEmpty(cases);
        string rows = string.Concat(cases.Select(row => row["vars"]!.ToJsonString() + "\n"));
        Cli.Outcome outcome = Cli.RunWithInput(
            rows, "render", "--template", TestPaths.SharedData($"chat_templates/templates/{name}.jinja"), "--input", "-", "--now", "2025-07-10T12:00:00");
        Assert.Equal(ExitCodes.Done, outcome.Code);
        Assert.Equal("", outcome.Error);
        Assert.Equal(cases.Length, outcome.Rows.Length);
        foreach ((JsonObject expected, JsonElement actual) in cases.Zip(outcome.Rows))
            if (expected["expected"] is { } text)
                Assert.Equal(text.GetValue<string>(), actual.GetProperty("text").GetString());
            else
                Assert.NotEmpty(actual.GetProperty("error").GetString()!);
    }

    [Fact]
    public void A_model_folder_gives_its_special_tokens_unless_the_row_does()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        File.WriteAllText(folder.File("chat_template.jinja"), "{{ bos_token }}{{ messages[0].content }}{{ eos_token }}");
        File.WriteAllText(folder.File("tokenizer_config.json"), """{"bos_token": "<s>", "eos_token": {"content": "</s>", "lstrip": false}}""");
        Assert.Equal(
            "{\"text\":\"<s>Hi</s>\"}\n{\"text\":\"[Hi</s>\"}\n",
            Cli.RunWithInput(
                """
                {"messages":[{"content":"Hi"}]}
                {"messages":[{"content":"Hi"}],"bos_token":"["}
                """, "render", "--template", folder.Path, "--input", "-").Output);
    }

    [Fact]
    public void A_row_that_the_template_refuses_names_the_place_and_the_next_one_follows()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("t.jinja");
        File.WriteAllText(file, "Hello\n{{ raise_exception('no ' + name) }}");
        Cli.Outcome outcome = Cli.RunWithInput("{\"name\":\"cats\"}\n{}", "render", "--template", file, "--input", "-");
        Assert.Equal(ExitCodes.Done, outcome.Code);
        Assert.Equal($"{file}:2:19: no cats", outcome.Rows[0].GetProperty("error").GetString());
        Assert.Equal($"{file}:2:26: 'name' is undefined", outcome.Rows[1].GetProperty("error").GetString());
    }

    [Fact]
    public void A_template_that_cannot_be_parsed_and_a_malformed_row_end_the_command()
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("t.jinja");
        File.WriteAllText(file, "{% if x %}");
        Assert.StartsWith($"{file}:1:11: Unexpected end of template.", Cli.Fail(ExitCodes.Failed, "render", "--template", file, "--input", "-"));
        File.WriteAllText(file, "{{ x }}");
        Assert.StartsWith("-:1:", Cli.Fail(ExitCodes.Failed, new StringReader("{\"x\":"), "render", "--template", file, "--input", "-"));
        Assert.Contains("no such file", Cli.Fail(ExitCodes.Failed, "render", "--template", folder.File("none.jinja"), "--input", "-"));
    }

    [Theory]
    [InlineData("2025-07-10T12:30:00")]
    [InlineData("2025-07-10T12:30:00Z")]
    [InlineData("2025-07-10T12:30:00.25+02:00")]
    [InlineData("2025-07-10 12:30")]
    public void The_clock_shows_the_time_as_it_is_written(string now)
    {
        using TemporaryFolder folder = TestPaths.NewFolder();
        string file = folder.File("t.jinja");
        File.WriteAllText(file, "{{ strftime_now('%d %H:%M') }}");
        Assert.Equal("{\"text\":\"10 12:30\"}\n", Cli.RunWithInput("{\"messages\":[]}", "render", "--template", file, "--input", "-", "--now", now).Output);
    }

    [Fact]
    public void A_time_that_is_none_is_misuse() => Assert.Equal(
        "render: --now is 'noon'; use a time such as 2025-07-10T12:00:00. See './cerise render --help'.",
        Cli.Fail(ExitCodes.Misuse, "render", "--template", "t", "--input", "-", "--now", "noon"));
}
