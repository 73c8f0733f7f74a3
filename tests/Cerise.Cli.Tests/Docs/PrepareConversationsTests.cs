using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Models.Configs;
using Cerise.Testing;

namespace Cerise.Cli.Tests.Docs;

/// <summary>The code of docs/how-to/prepare-conversations.md.</summary>
public sealed class PrepareConversationsTests(SmallModel model)
{
    [Fact]
    public void Rows_become_examples_and_are_checked_on_the_way()
    {
        using TemporaryFolder copy = model.CopyModel();
        string folder = copy.Path, data = copy.File("data.jsonl");
        File.WriteAllText(copy.File("chat_template.jinja"), "{% for m in messages %}{{ m.role + ': ' + m.content + eos_token }}{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}");
        File.WriteAllText(data, "{\"messages\":[{\"role\":\"user\",\"content\":\"2 + 3?\"},{\"role\":\"assistant\",\"content\":\"5\"}]}\n");

        Tokenizer tokenizer = Tokenizer.Load(folder);
        var chat = new ChatTokenizer(tokenizer, ChatTemplate.TryLoad(folder), new ChatTokenizerOptions { MaxLength = 1024 });
        var checks = new ConversationChecks(chat, ModelConfig.Load(folder).VocabSize);
        List<ChatExample> examples = [];
        foreach (ChatRow row in new ChatRows(chat).Read(DatasetReader.Read(data)))
        {
            checks.Add(row);
            if (row.DroppedBecause is null)
                examples.Add(row.Example!);                                // Tokens, and Trained: one byte a token
        }

        Assert.Equal(2, Assert.Single(examples).TrainedCount);
        Assert.DoesNotContain(checks.Results(), check => check.Verdict == CheckVerdict.Failed);
    }
}
