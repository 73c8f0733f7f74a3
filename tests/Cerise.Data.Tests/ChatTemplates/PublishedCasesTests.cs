using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Testing;

namespace Cerise.Data.Tests.ChatTemplates;

/// <summary>Templates of released models and small cases of the language, with the texts that Python's jinja2 gives them.</summary>
public sealed class PublishedCasesTests
{
    private static readonly ChatTemplateOptions Options = new() { Clock = new FixedClock(new DateTime(2025, 7, 10, 12, 0, 0)) };

    [Fact]
    public void Every_case_of_a_released_template_gives_the_same_text_or_the_same_refusal()
    {
        var templates = new Dictionary<string, ChatTemplate>();
        var different = new List<string>();
        int count = 0;
        foreach (JsonObject row in Rows("cases.jsonl"))
        {
            count++;
            string file = row["template"]!.GetValue<string>();
            if (!templates.TryGetValue(file, out ChatTemplate? template))
                templates[file] = template = ChatTemplate.Load(TestPaths.SharedData($"chat_templates/{file}"));
            if (Fault(() => template.Render(row["vars"]!.AsObject(), Options), row) is { } fault)
                different.Add($"{file} {row["case"]}: {fault}");
        }
        Assert.Equal(844, count);
        Assert.Empty(different);
    }

    [Fact]
    public void Every_published_whole_template_case_gives_the_same_text()
    {
        var different = new List<string>();
        foreach (JsonObject row in Rows("published_cases.jsonl"))
            if (Fault(() => ChatTemplate.Parse(row["template"]!.GetValue<string>(), "t").Render(row["vars"]!.AsObject(), Options), row) is { } fault)
                different.Add($"{row["name"]}: {fault}");
        Assert.Empty(different);
    }

    [Fact]
    public void Every_small_case_of_the_language_gives_the_same_text_with_and_without_trimming()
    {
        var different = new List<string>();
        foreach (JsonObject row in Rows("jinja_unit.jsonl"))
        {
            JsonNode? options = row["options"];
            bool trim = options?["trim_blocks"]?.GetValue<bool>() ?? false, lstrip = options?["lstrip_blocks"]?.GetValue<bool>() ?? false;
            if (Fault(() => Render(row, trim, lstrip), row) is { } fault)
                different.Add($"{row["name"]}: {fault}");
            if (row["expected_trim_lstrip"] is { } trimmed && Render(row, true, true) != trimmed.GetValue<string>())
                different.Add($"{row["name"]}, trimmed: {Render(row, true, true)}");
        }
        Assert.Empty(different);
    }

    [Fact]
    public void A_rendered_text_has_the_published_token_ids()
    {
        var tokenizer = Tokenizer.Load(TestPaths.SharedData("tokenizers/qwen2.5"));
        Dictionary<(string, string), JsonObject> cases = Rows("cases.jsonl")
            .ToDictionary(row => (row["template"]!.GetValue<string>(), row["case"]!.GetValue<string>()), row => row["vars"]!.AsObject());
        int count = 0;
        foreach (JsonObject row in Rows("rendered_token_ids.jsonl"))
        {
            Assert.Equal("qwen2.5", row["tokenizer"]!.GetValue<string>());
            string file = row["template"]!.GetValue<string>();
            string text = ChatTemplate.Load(TestPaths.SharedData($"chat_templates/{file}")).Render(cases[(file, row["case"]!.GetValue<string>())], Options);
            Assert.Equal(row["text"]!.GetValue<string>(), text);
            Assert.Equal(row["ids"]!.AsArray().Select(id => id!.GetValue<int>()), tokenizer.Encode(text, addSpecialTokens: false));
            count++;
        }
        Assert.Equal(25, count);
    }

    [Fact]
    public void With_origins_the_text_is_the_same_and_the_runs_cover_it()
    {
        foreach (IGrouping<string, JsonObject> group in Rows("cases.jsonl").Where(row => row["expected"] is not null).GroupBy(row => row["template"]!.GetValue<string>()))
        {
            var template = ChatTemplate.Load(TestPaths.SharedData($"chat_templates/{group.Key}"));
            foreach (JsonObject row in group)
            {
                RenderedChat chat = template.RenderWithOrigins(row["vars"]!.AsObject(), Options);
                Assert.Equal(row["expected"]!.GetValue<string>(), chat.Text);
                int end = 0;
                foreach (TextOrigin run in chat.Origins)
                {
                    Assert.Equal(end, run.Start);
                    Assert.True(run.Length > 0);
                    end += run.Length;
                }
                Assert.Equal(chat.Text.Length, end);
            }
        }
    }

    private static string Render(JsonObject row, bool trim, bool lstrip) =>
        ChatTemplate.Parse(row["template"]!.GetValue<string>(), "t", trim, lstrip).Render(row["context"]?.AsObject() ?? [], Options);

    // What is wrong with a case, or null.
    private static string? Fault(Func<string> render, JsonObject row)
    {
        string? expected = row["expected"]?.GetValue<string>();
        try
        {
            string text = render();
            return text == expected ? null : expected is null ? $"rendered {text}" : $"\n{JsonSerializer.Serialize(text)} instead of\n{JsonSerializer.Serialize(expected)}";
        }
        catch (ChatTemplateException e)
        {
            if (expected is not null)
                return e.Message;
            bool raised = row["error_from_template"]?.GetValue<bool>() ?? false;
            return raised == e.RaisedByTemplate ? null : $"raised by the template: {e.RaisedByTemplate}, expected {raised}";
        }
    }

    private static IEnumerable<JsonObject> Rows(string file) =>
        File.ReadLines(TestPaths.SharedData($"chat_templates/{file}")).Select(line => JsonNode.Parse(line)!.AsObject());
}
