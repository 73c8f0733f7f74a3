using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Testing;

namespace Cerise.Data.Tests.Conversations;

public sealed class RealConversationsTests
{
    [Fact]
    public void Function_calls_in_sharegpt_are_all_read()
    {
        Conversation[] read = [.. DatasetReader.Read(TestPaths.SharedData("instructions/glaive_toolcall_en_demo.jsonl")).Select(new ConversationReader().Read)];
        Assert.Equal(200, read.Length);
        Assert.Equal(137, read.Sum(conversation => conversation.Messages.Sum(message => message.ToolCalls.Count)));
        Assert.Equal(137, read.Sum(conversation => conversation.Messages.Count(message => message.Role == MessageRoles.Tool)));
        Assert.All(read, conversation => Assert.Equal(ConversationLayout.Sharegpt, conversation.Layout));
        Assert.Contains(read, conversation => conversation.Tools.Count > 1);
    }

    [Fact]
    public void Alpaca_tasks_are_all_read()
    {
        Conversation[] read = [.. DatasetReader.Read(TestPaths.SharedData("instructions/self_instruct_human_written.jsonl")).Select(new ConversationReader().Read)];
        Assert.Equal(427, read.Length);
        Assert.All(read, conversation => Assert.Equal(["user", "assistant"], conversation.Messages.Select(message => message.Role)));
    }

    [Fact]
    public void Conversational_preferences_are_all_read_as_pairs_and_their_better_half_as_examples()
    {
        string path = TestPaths.SharedData("preferences/dpo_en_demo_conversational.jsonl");
        PreferencePair[] pairs = [.. DatasetReader.Read(path).Select(new ConversationReader().ReadPair)];
        var map = new ColumnMap(new Dictionary<string, string> { ["completion"] = "chosen" });
        Conversation[] better = [.. DatasetReader.Read(path, new ReadOptions { Columns = map }).Select(new ConversationReader().Read)];
        Assert.Equal(200, pairs.Length);
        Assert.Equal(52, pairs.Count(pair => pair.Chosen.System is not null));
        Assert.Equal(pairs.Select(pair => pair.Chosen.Messages[^1].Text), better.Select(conversation => conversation.Messages[^1].Text));
        Assert.All(better, conversation => Assert.Single(conversation.Messages, message => message.IsTrained));
    }

    [Theory]
    [InlineData("gsm8k/train.jsonl", "question", "answer", 7473)]
    [InlineData("math_dataset/math_test_without_math500.jsonl", "problem", "solution", 4500)]
    public void Mapped_columns_make_questions_and_answers_conversations(string file, string instruction, string output, int rows)
    {
        var map = new ColumnMap(new Dictionary<string, string> { ["instruction"] = instruction, ["output"] = output });
        Assert.Equal(rows, DatasetReader.Read(TestPaths.SharedData(file), new ReadOptions { Columns = map }).Select(new ConversationReader().Read).Count());
    }

    [Fact]
    public void Prompts_and_plain_preferences_are_read()
    {
        Assert.All(DatasetReader.Read(TestPaths.SharedData("instructions/ifeval_prompts.jsonl")), row => Assert.False(new ConversationReader().Read(row).HasAnswer));
        Assert.All(DatasetReader.Read(TestPaths.SharedData("preferences/llmbar.jsonl")), row => Assert.NotNull(new ConversationReader().ReadPair(row).Rejected.Plain));
    }
}
