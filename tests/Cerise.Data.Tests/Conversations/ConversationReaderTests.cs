using System.Text;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;

namespace Cerise.Data.Tests.Conversations;

public sealed class ConversationReaderTests
{
    [Theory]
    [InlineData("""{"messages":[{"role":"system","content":"S"},{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}""", ConversationLayout.Messages)]
    [InlineData("""{"system":"S","messages":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"}]}""", ConversationLayout.Messages)]
    [InlineData("""{"prompt":"Q","text":"whatever","messages":"[{\"role\":\"system\",\"content\":\"S\"},{\"role\":\"user\",\"content\":\"Q\"},{\"role\":\"assistant\",\"content\":\"A\"}]"}""", ConversationLayout.Messages)]
    [InlineData("""{"system":"S","conversations":[{"from":"human","value":"Q"},{"from":"gpt","value":"A"}]}""", ConversationLayout.Sharegpt)]
    [InlineData("""{"conversations":[{"from":"system","value":"S"},{"from":"user","value":"Q"},{"from":"model","value":"A"}],"tools":""}""", ConversationLayout.Sharegpt)]
    [InlineData("""{"conversations":[{"role":"system","content":"S"},{"role":"human","value":"Q"},{"from":"gpt","content":"A"}]}""", ConversationLayout.Sharegpt)]
    [InlineData("""{"instruction":"Q","input":"","output":"A","system":"S","text":"whatever"}""", ConversationLayout.Alpaca)]
    [InlineData("""{"prompt":[{"role":"system","content":"S"},{"role":"user","content":"Q"}],"completion":[{"role":"assistant","content":"A"}]}""", ConversationLayout.PromptCompletion)]
    public void Every_layout_gives_the_same_conversation(string json, ConversationLayout layout)
    {
        Conversation conversation = Read(json);
        Assert.Equal(layout, conversation.Layout);
        Assert.Equal([("system", "S"), ("user", "Q"), ("assistant", "A")], Said(conversation));
        Assert.Equal(("S", "f.jsonl", 7L, 1), (conversation.System, conversation.File, conversation.Line, conversation.Polarity));
        Assert.Equal(["Q"], conversation.Messages.Where(message => message.Role == "user").Select(message => message.Text));
        Assert.Equal(2, conversation.PromptMessages.Count);
        Assert.True(conversation.HasAnswer && conversation.Messages[2].IsTrained);
    }

    [Fact]
    public void Plain_text_stays_plain()
    {
        Assert.Equal(new PlainText("Q", "A"), Read("""{"prompt":"Q","completion":"A"}""").Plain);
        Assert.Equal(new PlainText("Q", null), Read("""{"prompt":"Q","completion":null}""").Plain);
        Assert.Equal(new PlainText("", "T"), Read("""{"text":"T"}""").Plain);
        Assert.False(Read("""{"prompt":[{"role":"user","content":"Q"}]}""").HasAnswer);
    }

    [Fact]
    public void Alpaca_joins_task_and_input_and_puts_the_history_before_them()
    {
        Conversation conversation = Read("""{"instruction":"Add","input":"1 2","output":"3","history":[["Hi","Hello"],["Ready?","Yes"]]}""");
        Assert.Equal([("user", "Hi"), ("assistant", "Hello"), ("user", "Ready?"), ("assistant", "Yes"), ("user", "Add\n1 2"), ("assistant", "3")], Said(conversation));
    }

    [Fact]
    public void Answers_within_a_prompt_are_not_trained()
    {
        Conversation conversation = Read(
            """{"prompt":[{"role":"user","content":"Q"},{"role":"assistant","content":"A"},{"role":"user","content":"R"}],"completion":[{"role":"assistant","content":"B"}]}""");
        Assert.Equal([false, false, false, true], conversation.Messages.Select(message => message.IsTrained));
    }

    [Fact]
    public void Tool_calls_are_read_in_every_spelling()
    {
        string[] rows =
        [
            """{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":null,"tool_calls":[{"id":"x","type":"function","function":{"name":"f","arguments":{"a":1}}}]},{"role":"tool","tool_call_id":"x","content":"R"},{"role":"assistant","content":"A"}]}""",
            """{"messages":[{"role":"user","content":"Q"},{"role":"assistant","tool_calls":[{"name":"f","arguments":{"a":1},"id":"x"}]},{"role":"tool","content":"R"},{"role":"assistant","content":"A"}]}""",
            """{"messages":[{"role":"user","content":"Q"},{"role":"assistant","function_call":{"name":"f","arguments":{"a":1},"id":"x"}},{"role":"function","name":"f","content":"R"},{"role":"assistant","content":"A"}]}""",
            """{"conversations":[{"from":"human","value":"Q"},{"from":"function_call","value":"{\"name\":\"f\",\"id\":\"x\",\"arguments\":{\"a\":1}}"},{"from":"observation","value":"R"},{"from":"gpt","value":"A"}]}""",
            """{"conversations":[{"from":"human","value":"Q"},{"from":"function_call","value":"[{\"name\":\"f\",\"id\":\"x\",\"arguments\":{\"a\":1}}]"},{"from":"tool","value":"R"},{"from":"gpt","value":"A"}]}""",
        ];
        foreach (string row in rows)
        {
            Conversation conversation = Read(row);
            Assert.Equal(["user", "assistant", "tool", "assistant"], conversation.Messages.Select(message => message.Role));
            ToolCall call = Assert.Single(conversation.Messages[1].ToolCalls);
            Assert.Equal(("f", "{\"a\":1}", "x", "x"), (call.Name, call.Arguments.GetRawText(), call.Id, conversation.Messages[2].ToolCallId));
            Assert.Equal(("", "R"), (conversation.Messages[1].Text, conversation.Messages[2].Text));
        }
    }

    [Fact]
    public void Calls_without_ids_get_some_and_their_answers_the_same()
    {
        Conversation conversation = Read(
            """{"conversations":[{"from":"human","value":"Q"},{"from":"function_call","value":"[{\"name\":\"f\"},{\"name\":\"g\",\"arguments\":\"{}\"}]"},{"from":"observation","value":"1"},{"from":"observation","value":"2"},{"from":"gpt","value":"A"}]}""");
        Assert.Equal(["call00000", "call00001"], conversation.Messages[1].ToolCalls.Select(call => call.Id));
        Assert.Equal(["call00000", "call00001"], conversation.Messages.Skip(2).Take(2).Select(message => message.ToolCallId));
    }

    [Theory]
    [InlineData("""[{"name":"f","parameters":{}}]""")]
    [InlineData("""[{"type":"function","function":{"name":"f","parameters":{}}}]""")]
    [InlineData("\"[{\\\"name\\\":\\\"f\\\",\\\"parameters\\\":{}}]\"")]
    [InlineData("""["{\"name\":\"f\",\"parameters\":{}}"]""")]
    public void Tools_are_wrapped_as_templates_expect_them(string tools)
        => Assert.Equal("""{"type":"function","function":{"name":"f","parameters":{}}}""",
            Assert.Single(Read($$"""{"tools":{{tools}},"messages":[{"role":"user","content":"Q"}]}""").Tools).GetRawText());

    [Fact]
    public void What_stands_beside_the_messages_reaches_the_template()
    {
        Conversation conversation = Read("""
            {"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"name":"Eve"},
             {"role":"assistant","content":"A","reasoning_content":"hm","weight":0,"thinking":"T","channel":null}],
             "documents":[{"title":"D"}],"chat_template_kwargs":{"style":"x"},"enable_thinking":false,"polarity":1,"pair_id":12}
            """.ReplaceLineEndings(" "));
        Assert.Equal(("a\nb", "Eve"), (conversation.Messages[0].Text, conversation.Messages[0].Name));
        Assert.Equal(("hm", false), (conversation.Messages[1].Reasoning, conversation.Messages[1].IsTrained));
        Assert.Equal(["thinking"], conversation.Messages[1].Extras.Keys);
        Assert.Equal(["style", "enable_thinking"], conversation.Variables.Keys);
        Assert.Equal(("12", "{\"title\":\"D\"}"), (conversation.PairId, Assert.Single(conversation.Documents).GetRawText()));
    }

    [Theory]
    [InlineData("""{"question":"Q","answer":"A"}""", "is no conversation: the row has 'question', 'answer'; known are messages (messages); sharegpt (conversations); alpaca (instruction + output)")]
    [InlineData("""{"messages":[],"instruction":"Q","output":"A"}""", "can be read as messages (messages) and as alpaca (instruction + output)")]
    [InlineData("""{"prompt":"Q","chosen":"A","rejected":"B"}""", "holds two answers, chosen and rejected. To train on the better one alone, map columns: {completion: chosen}.")]
    [InlineData("""{"prompt":[{"role":"user","content":"Q"}],"completion":"A"}""", "has a prompt that is a list of messages and a completion that is text")]
    [InlineData("""{"messages":[]}""", "column 'messages' holds no messages.")]
    [InlineData("""{"messages":"[{'role': 'user'}]"}""", "column 'messages' is text that is no JSON. It looks like Python's own notation: write it with json.dumps.")]
    [InlineData("""{"messages":{"role":"user"}}""", "column 'messages' is no list.")]
    [InlineData("""{"messages":["Hello"]}""", "message 1 is no object")]
    [InlineData("""{"messages":[{"content":"Q"}]}""", "message 1 has neither 'role' nor 'from'")]
    [InlineData("""{"messages":[{"role":"usr","content":"Q"}]}""", "message 1 has the role 'usr', which is not known. Known are system, developer, user, human")]
    [InlineData("""{"messages":[{"role":"user","content":" \n"}]}""", "message 1 (user) says nothing.")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":""}]}""", "message 2 (assistant) says nothing.")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"},{"role":"tool","content":"R"}]}""", "message 2 (tool) is a tool's answer, but no call is open")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"},{"role":"assistant","tool_calls":[{"name":"f","id":"x"}]},{"role":"tool","content":"R","tool_call_id":"y"}]}""", "message 3 (tool) answers the call 'y'; open are 'x'.")]
    [InlineData("""{"messages":[{"role":"user","content":"Q","tool_calls":[{"name":"f"}]}]}""", "message 1 (user) calls a tool; only the assistant may.")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"},{"role":"assistant","tool_calls":[{"arguments":{}}]}]}""", "message 2 calls a tool without a name")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"},{"role":"assistant","tool_calls":[{"name":"f","arguments":[1]}]}]}""", "message 2 calls 'f' with arguments that are neither an object nor text")]
    [InlineData("""{"messages":[{"role":"user","content":5}]}""", "message 1 has a content that is neither text nor a list of parts")]
    [InlineData("""{"messages":[{"role":"user","content":"Q","train":"no"}]}""", "message 1 has a 'train' that is neither true nor false")]
    [InlineData("""{"conversations":[{"from":"human","value":"Q"},{"from":"function_call","value":"f(1)"}]}""", "message 2 is a function_call whose value is no JSON")]
    [InlineData("""{"system":"S","messages":[{"role":"system","content":"T"},{"role":"user","content":"Q"}]}""", "column 'system' differs from the system message")]
    [InlineData("""{"instruction":"Q","output":"A","history":[["one"]]}""", "column 'history' holds something else than pairs")]
    [InlineData("""{"instruction":"Q","output":""}""", "message 2 (assistant) says nothing.")]
    [InlineData("""{"prompt":"Q","completion":""}""", "column 'completion' is empty.")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"}],"tools":[{"description":"f"}]}""", "tool 1 is no function with a name")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"}],"polarity":-1}""", "column 'polarity' is -1, but there is no system prompt")]
    [InlineData("""{"messages":[{"role":"user","content":"Q"}],"polarity":2}""", "column 'polarity' is neither 1 (to follow) nor -1")]
    public void A_bad_row_is_refused_with_its_place_and_reason(string json, string expected)
    {
        var error = Assert.Throws<DatasetException>(() => Read(json));
        Assert.StartsWith("f.jsonl:7: ", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_layout_that_is_named_settles_what_the_columns_leave_open()
    {
        const string json = """{"messages":[{"role":"user","content":"M"}],"instruction":"Q","output":"A"}""";
        Assert.Equal("Q", Read(json, ConversationLayout.Alpaca).Messages[0].Text);
        Assert.Equal("M", Read(json, ConversationLayout.Messages).Messages[0].Text);
        Assert.True(ConversationReader.IsConversation(Row("""{"text":"x"}""")));
        Assert.False(ConversationReader.IsConversation(Row("""{"gold":"x"}""")));
    }

    [Fact]
    public void Pairs_share_their_prompt()
    {
        PreferencePair pair = new ConversationReader().ReadPair(Row(
            """{"prompt":[{"role":"user","content":"Q"}],"chosen":[{"role":"assistant","content":"A"}],"rejected":[{"role":"assistant","content":"B"}]}"""));
        Assert.Equal([("user", "Q"), ("assistant", "A")], Said(pair.Chosen));
        Assert.Equal([("user", "Q"), ("assistant", "B")], Said(pair.Rejected));
        Assert.Contains("preference (prompt + chosen + rejected) is expected",
            Assert.Throws<DatasetException>(() => new ConversationReader().ReadPair(Row("""{"text":"x"}"""))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cells_of_text_hold_messages_as_json()
    {
        const string csv = "messages,polarity\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"Q\"\"},{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"A\"\",\"\"train\"\":false}]\",1\n";
        Conversation conversation = new ConversationReader().Read(Assert.Single(Csv(csv)));
        Assert.Equal([("user", "Q"), ("assistant", "A")], Said(conversation));
        Assert.False(conversation.Messages[1].IsTrained);
        Conversation parts = new ConversationReader().Read(Assert.Single(Csv(
            "prompt,completion\n\"[{\"\"role\"\":\"\"user\"\",\"\"content\"\":\"\"Q\"\"}]\",\"[{\"\"role\"\":\"\"assistant\"\",\"\"content\"\":\"\"A\"\"}]\"\n")));
        Assert.Equal([("user", "Q"), ("assistant", "A")], Said(parts));
    }

    internal static Row Row(string json) => Data.Datasets.Row.Parse(Encoding.UTF8.GetBytes(json), "f.jsonl", 7);

    private static IEnumerable<Row> Csv(string text)
    {
        using Testing.TemporaryFolder folder = Testing.TestPaths.NewFolder();
        File.WriteAllText(folder.File("x.csv"), text);
        return [.. DatasetReader.Read(folder.File("x.csv"))];
    }

    private static Conversation Read(string json, ConversationLayout? layout = null) => new ConversationReader(layout).Read(Row(json));

    private static IEnumerable<(string, string)> Said(Conversation conversation) => conversation.Messages.Select(message => (message.Role, message.Text));
}
