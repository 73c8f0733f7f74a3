using System.Text;
using System.Text.Json.Nodes;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Data.Tests.ChatTemplates;
using Cerise.Testing;
using static Cerise.Data.Tests.Conversations.ChatSamples;

namespace Cerise.Data.Tests.Conversations;

/// <summary>The conversations with which published templates are tested, read as rows and tokenized for training.</summary>
public sealed class PublishedChatsTests
{
    private static readonly string[] Given = ["messages", "tools", "documents", "add_generation_prompt", "bos_token", "eos_token"];

    [Fact]
    public void Rows_render_as_published_and_only_answers_are_trained()
    {
        Dictionary<(string, string, string), ChatTokenizer> loaded = [];
        int same = 0, trained = 0, refused = 0;
        foreach (Row row in DatasetReader.Read(TestPaths.SharedData("chat_templates/cases.jsonl")))
        {
            JsonObject vars = JsonObject.Create(row["vars"])!;
            if (row.Has("error") || vars["add_generation_prompt"]?.GetValue<bool>() != false)
                continue;
            string template = row.GetString("template"), bos = (string?)vars["bos_token"] ?? "", eos = (string?)vars["eos_token"] ?? "";
            if (!loaded.TryGetValue((template, bos, eos), out ChatTokenizer? chat))
            {
                chat = new ChatTokenizer(
                    With(TemplateMaskTests.SpecialTokens.Concat(new[] { bos, eos }.Where(token => token.Length > 0)), eos.Length > 0 ? eos : null, bos.Length > 0 ? bos : null),
                    ChatTemplate.Load(TestPaths.SharedData("chat_templates/" + template)),
                    new ChatTokenizerOptions { Rendering = new ChatTemplateOptions { Clock = new FixedClock(new DateTime(2025, 7, 10, 12, 0, 0, DateTimeKind.Unspecified)) } });
                loaded.Add((template, bos, eos), chat);
            }
            if (Read(row, vars) is not { HasAnswer: true } conversation)
                continue;
            ChatExample example;
            try
            {
                example = chat.Encode(conversation);
            }
            catch (DatasetException error)
            {
                Assert.Contains("is refused by the chat template", error.Message, StringComparison.Ordinal);
                refused++;
                continue;
            }
            if (IsAsGiven(template, row.GetString("case"), conversation))
            {
                Assert.Equal((template, row.GetString("expected")), (template, example.Text));
                same++;
            }
            trained += Check(example);
        }
        Assert.Equal((227, 358, 25), (same, trained, refused));
    }

    // Arguments given as text, and calls without content, are written as the template wants them: some would come out as escaped JSON or "None", or not at all.
    private static bool IsAsGiven(string template, string name, Conversation conversation)
        => !name.Contains("string_args", StringComparison.Ordinal) && !name.Contains("null_content", StringComparison.Ordinal)
            && !(template.Contains("deepseek", StringComparison.Ordinal) && conversation.Messages.Any(message => message.ToolCalls.Count > 0));

    private static Conversation? Read(Row row, JsonObject vars)
    {
        var variables = new JsonObject([.. vars.Where(variable => !Given.Contains(variable.Key)).Select(variable => KeyValuePair.Create(variable.Key, variable.Value?.DeepClone()))]);
        var json = new JsonObject { ["messages"] = vars["messages"]!.DeepClone(), ["tools"] = vars["tools"]?.DeepClone(), ["chat_template_kwargs"] = variables };
        try
        {
            return new ConversationReader().Read(Row.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()), "cases.jsonl", row.Line));
        }
        catch (DatasetException)
        {
            return null;                                                   // empty messages and calls without answers: refused as rows
        }
    }

    /// <summary>Every trained character is of an answer's turn, or of the special token after it; what others say never is.</summary>
    private static int Check(ChatExample example)
    {
        int count = 0;
        foreach (ChatTurn turn in example.Turns)
            foreach ((int start, int end) in turn.Trained)
            {
                Assert.Equal(MessageRoles.Assistant, turn.Role);
                Assert.True(start >= turn.Start);
                if (end > turn.End)
                    Assert.Contains(example.Text[turn.End..end].Trim(), TemplateMaskTests.SpecialTokens);
                count++;
            }
        return count;
    }
}
