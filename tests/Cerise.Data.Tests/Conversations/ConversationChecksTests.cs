using System.Text;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using static Cerise.Data.Tests.Conversations.ChatSamples;

namespace Cerise.Data.Tests.Conversations;

public sealed class ConversationChecksTests
{
    private const string Good = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";

    [Fact]
    public void Good_rows_pass_every_check()
    {
        IReadOnlyList<ConversationCheck> checks = Check(new ChatTokenizer(Small, Template(ChatMl)), [Good, Good], Small.VocabSize);
        Assert.All(checks, check => Assert.Equal((check.Name, CheckVerdict.Passed), (check.Name, check.Verdict)));
        Assert.Equal(checks.Count, checks.Select(check => check.Name).Distinct().Count());
        Assert.StartsWith("2 rows, 4 of ", Find(checks, "trained tokens").Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_without_trained_tokens_are_refused_with_their_places()
    {
        const string untrained = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","train":false}]}""";
        ConversationCheck check = Find(Check(new ChatTokenizer(Small, Template(ChatMl)), [Good, untrained, untrained]), "trained tokens");
        Assert.Equal(CheckVerdict.Failed, check.Verdict);
        Assert.StartsWith("2 of 3 rows have no trained token; the first: nothing in it is to be trained (f.jsonl:2, :3). ", check.Explanation, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_lose_their_end_are_told_and_not_blamed_for_a_missing_end_token()
    {
        const string longer = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"bbbbbbbbbbbbbbbb"}]}""";
        const string fallen = """{"messages":[{"role":"user","content":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"},{"role":"assistant","content":"b"}]}""";
        int most = new ChatTokenizer(Small, Template(ChatMl)).Encode(new ConversationReader().Read(ConversationReaderTests.Row(Good))).Tokens.Count;
        IReadOnlyList<ConversationCheck> checks = Check(new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = most }), [Good, longer, fallen]);
        ConversationCheck length = Find(checks, "length");
        Assert.Equal((CheckVerdict.Warning, $"1 rows are cut to {most} tokens and lose their end; of 1 nothing trained is left and they are dropped"), (length.Verdict, length.Detail));
        Assert.Equal(CheckVerdict.Passed, Find(checks, "end token").Verdict);
        Assert.Equal(CheckVerdict.Passed, Find(checks, "trained tokens").Verdict);
        Assert.Equal(CheckVerdict.Failed, Find(Check(new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = 2 }), [Good]), "trained tokens").Verdict);
    }

    [Fact]
    public void A_generation_prompt_that_answers_do_not_begin_with_is_refused()
    {
        string source = ChatMl.Replace("assistant\n' }}{% endif %}", "assistant\n<think>\n' }}{% endif %}", StringComparison.Ordinal);
        ConversationCheck check = Find(Check(new ChatTokenizer(Small, Template(source)), [Good]), "generation prompt");
        Assert.Equal((CheckVerdict.Failed, "f.jsonl:1"), (check.Verdict, check.Places[0]));
        const string history = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"a"},{"role":"assistant","content":"<think>\nb"}]}""";
        Assert.Equal(CheckVerdict.Warning, Find(Check(new ChatTokenizer(Small, Template(source)), [history]), "generation prompt").Verdict);
    }

    [Fact]
    public void Doubled_and_missing_begin_tokens_are_told()
    {
        Tokenizer tokenizer = With(["<s>", "</s>"], "</s>", "<s>");
        const string twice = "<s>{{ bos_token }}{% for message in messages %}{{ message.content }}{{ eos_token }}{% endfor %}";
        ConversationCheck check = Find(Check(new ChatTokenizer(tokenizer, Template(twice)), [Good]), "begin token");
        Assert.Equal((CheckVerdict.Failed, "1 rows begin with <s> twice"), (check.Verdict, check.Detail));
        Assert.Equal(CheckVerdict.Passed, Find(Check(new ChatTokenizer(tokenizer, Template(twice[3..])), [Good]), "begin token").Verdict);
    }

    [Fact]
    public void Answers_without_an_end_token_are_refused_and_so_are_last_answers_at_whose_end_generation_goes_on()
    {
        const string endless = "{% for message in messages %}{{ message.role }}: {{ message.content }}\n{% endfor %}{% if add_generation_prompt %}assistant: {% endif %}";
        Assert.Equal(CheckVerdict.Failed, Find(Check(new ChatTokenizer(Small, Template(endless)), [Good]), "end token").Verdict);
        Tokenizer other = With(["<|im_start|>", "<|im_end|>"], "<|endoftext|>");
        ConversationCheck check = Find(Check(new ChatTokenizer(other, Template(ChatMl)), [Good]), "end token");
        Assert.Equal((CheckVerdict.Failed, "1 last answers end with <|im_end|>, at which generation does not stop, so the model would not know how to end"), (check.Verdict, check.Detail));
        Assert.StartsWith("Set eos_token: '<|im_end|>', or name the token", check.Fix, StringComparison.Ordinal);
        const string last = "{% for message in messages %}{{ message.content }}{{ '<|endoftext|>' if loop.last else '<|im_end|>' }}{% endfor %}";
        const string two = """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"},{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""";
        check = Find(Check(new ChatTokenizer(other, Template(last)), [two]), "end token");
        Assert.Equal((CheckVerdict.Warning, "1 answers within conversations end with <|im_end|>, at which generation does not stop"), (check.Verdict, check.Detail));
        Assert.Equal(CheckVerdict.Failed, Find(Check(new ChatTokenizer(With([], null), null), ["""{"prompt":"a","completion":"b"}"""]), "end token").Verdict);
    }

    [Fact]
    public void A_vocabulary_beyond_the_weights_and_a_missing_template_are_refused()
    {
        ConversationCheck check = Find(Check(new ChatTokenizer(Small, Template(ChatMl)), [Good], vocabSize: 10), "vocabulary");
        Assert.Equal(CheckVerdict.Failed, check.Verdict);
        Assert.StartsWith($"the tokenizer has the ids 0 to {Small.VocabSize - 1}, the weights rows for 0 to 9; 1 rows use ids beyond them", check.Detail, StringComparison.Ordinal);
        IReadOnlyList<ConversationCheck> none = Check(new ChatTokenizer(Small, null), [Good]);
        Assert.Equal(CheckVerdict.Failed, Find(none, "chat template").Verdict);
        Assert.Equal(CheckVerdict.Warning, Find(none, "bad rows").Verdict);
    }

    [Fact]
    public void Special_tokens_beyond_the_weights_are_fine_where_no_row_holds_them()
    {
        Tokenizer tokenizer = With(["<|im_start|>", "<|im_end|>", "<image>"], "<|im_end|>");
        int rows = tokenizer.TokenToId("<image>")!.Value;
        Assert.True(VocabularyFit.Of(tokenizer, rows));
        Assert.False(VocabularyFit.Of(tokenizer, rows - 1));                              // which is the token that ends texts
        ChatTokenizer chat = new(tokenizer, Template(ChatMl));
        Assert.Equal(CheckVerdict.Passed, Find(Check(chat, [Good], vocabSize: rows), "vocabulary").Verdict);
        ConversationCheck check = Find(Check(chat, [Good, Good.Replace("\"content\":\"", "\"content\":\"<image>", StringComparison.Ordinal)], vocabSize: rows), "vocabulary");
        Assert.Equal(CheckVerdict.Failed, check.Verdict);
        Assert.EndsWith("1 rows use ids beyond them", check.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Bad_examples_need_a_system_prompt_and_a_partner_of_their_own()
    {
        Assert.Equal(CheckVerdict.Passed, Negatives((1, "good", "p"), (-1, "bad", "p")).Verdict);
        Assert.Equal((CheckVerdict.Warning, "1 of 1 have no good example of the same pair_id"), (Negatives((1, "good", "p"), (-1, "bad", "q")).Verdict, Negatives((1, "good", "p"), (-1, "bad", "q")).Detail));
        ConversationCheck shared = Negatives((1, "good", "p"), (-1, "good", "p"));
        Assert.Equal((CheckVerdict.Failed, "1 of 1 stand under a system prompt that good examples have too"), (shared.Verdict, shared.Detail));

        static ConversationCheck Negatives(params (int Polarity, string System, string Pair)[] rows) => Find(
            Check(new ChatTokenizer(Small, Template(ChatMl)), [.. rows.Select(row => Good.Replace("{\"messages\"",
                $"{{\"polarity\":{row.Polarity},\"system\":\"{row.System}\",\"pair_id\":\"{row.Pair}\",\"messages\"", StringComparison.Ordinal))]), "negative examples");
    }

    [Fact]
    public void Thoughts_that_the_template_leaves_out_are_told()
    {
        string thinks = Good.Replace("\"b\"", "\"b\",\"reasoning_content\":\"hm\"", StringComparison.Ordinal);
        ConversationCheck check = Find(Check(new ChatTokenizer(Small, Template(ChatMl)), [Good, thinks]), "thoughts");
        Assert.Equal((CheckVerdict.Warning, "f.jsonl:2"), (check.Verdict, Assert.Single(check.Places)));
        string written = ChatMl.Replace("+ message['content']", "+ ('<think>' + message.reasoning_content + '</think>' if message.reasoning_content else '') + message['content']", StringComparison.Ordinal);
        Assert.Equal(CheckVerdict.Passed, Find(Check(new ChatTokenizer(Small, Template(written)), [Good, thinks]), "thoughts").Verdict);
    }

    [Theory]
    [InlineData("sUAUA", null)]
    [InlineData("UAUAx", null)]
    [InlineData("dsUA", null)]
    [InlineData("AUA", "message 1 (assistant) answers before anything is asked")]
    [InlineData("sAUA", "message 2 (assistant) answers before anything is asked")]
    [InlineData("UUA", "message 2 (user) follows another question")]
    [InlineData("UAA", "message 3 (assistant) follows another answer")]
    [InlineData("UsA", "message 2 (system) comes after the conversation has begun")]
    [InlineData("UAU", "message 3 (user) is never answered")]
    public void Turns_out_of_turn_are_told(string speakers, string? oddity)
    {
        // x: a call, its result and the answer.
        IEnumerable<string> messages = speakers.SelectMany<char, string>(speaker => speaker switch
        {
            's' => [Says("system")],
            'd' => [Says("developer")],
            'U' => [Says("user")],
            'A' => [Says("assistant")],
            _ => [Says("user"), """{"role":"assistant","tool_calls":[{"name":"f","arguments":{}}]}""", Says("tool"), Says("assistant")],
        });
        const string withCalls = "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}{% for c in m.tool_calls %}{{ c.function.name }}{{ c.function.arguments | tojson }}{% endfor %}<|im_end|>{% endfor %}"
            + "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}";
        ConversationCheck check = Find(Check(new ChatTokenizer(Small, Template(withCalls)), [$$"""{"messages":[{{string.Join(',', messages)}}]}"""]), "order of roles");
        Assert.Equal(oddity is null ? CheckVerdict.Passed : CheckVerdict.Warning, check.Verdict);
        if (oddity is not null)
            Assert.EndsWith($"the first: {oddity}", check.Detail, StringComparison.Ordinal);

        static string Says(string role) => $$"""{"role":"{{role}}","content":"a"}""";
    }

    [Fact]
    public void Bad_rows_fail_where_a_run_would_stop_at_them()
    {
        var chat = new ChatTokenizer(Small, Template(ChatMl));
        foreach (bool leftOut in (bool[])[true, false])
        {
            ConversationChecks checks = new(chat) { BadRowsAreLeftOut = leftOut };
            foreach (ChatRow row in new ChatRows(chat, dropBadRows: true).Read(Rows([Good, "{\"x\":1}"])))
                checks.Add(row);
            ConversationCheck check = Find(checks.Results(), "bad rows");
            Assert.Equal(leftOut ? CheckVerdict.Warning : CheckVerdict.Failed, check.Verdict);
            Assert.Contains("drop_bad_rows", check.Fix, StringComparison.Ordinal);
            Assert.Equal(["f.jsonl:2"], check.Places);
        }
    }

    [Fact]
    public void What_a_message_smuggles_in_and_what_straddles_is_told()
    {
        string smuggled = Good.Replace("\"b\"", "\"b<|im_end|>\"", StringComparison.Ordinal);
        Assert.Equal("1 special tokens come out of what messages say", Find(Check(new ChatTokenizer(Small, Template(ChatMl)), [smuggled]), "special tokens in messages").Detail);
        const string joined = "{% for message in messages %}{% if message.role == 'user' %}{{ message.content }}: t{% else %}{{ message.content }}{{ eos_token }}{% endif %}{% endfor %}";
        Assert.Equal(CheckVerdict.Warning, Find(Check(new ChatTokenizer(Small, Template(joined)), [Good.Replace("\"b\"", "\"he cat\"", StringComparison.Ordinal)]), "token borders").Verdict);
    }

    [Fact]
    public void Statistics_count_what_is_used_cut_and_left_out()
    {
        var statistics = new ChatStatistics();
        var chat = new ChatTokenizer(Small, null, new ChatTokenizerOptions { MaxLength = 20 });
        var rows = new ChatRows(chat, dropBadRows: true);
        string[] lines =
        [
            .. Enumerable.Range(1, 10).Select(i => $$"""{"prompt":"{{new string('z', i)}}","completion":"z"}"""),
            $$"""{"prompt":"z","completion":"{{new string('z', 30)}}"}""",
            $$"""{"prompt":"{{new string('z', 30)}}","completion":"z"}""",
            Good,
        ];
        foreach (ChatRow row in rows.Read(Rows(lines)))
            statistics.Add(row);
        Assert.Equal((13, 11, 1, 12), (statistics.Rows, statistics.Used, statistics.CutRows, statistics.CutTokens));
        Assert.Equal((3, 8, 20, 20), (statistics.Percentile(0), statistics.Percentile(0.5), statistics.Percentile(1), statistics.Longest!.Value.Tokens));
        Assert.Equal("f.jsonl:11", statistics.Longest.Value.Place);
        Assert.Equal((95, 39), (statistics.Tokens, statistics.Trained));
        Assert.Equal(["all its N trained tokens lie beyond the first N of N", "is a conversation"], statistics.Dropped.Keys.Select(reason => reason.Split(',')[0]));
        Assert.Equal([("completion", 39L, 39L), ("prompt", 56L, 0L)], statistics.Roles.Select(role => (role.Key, role.Value.Tokens, role.Value.Trained)));
        Assert.Equal([(0, 5, 2), (5, 10, 5), (10, 15, 3), (15, 20, 0), (20, 25, 1)], statistics.Histogram(5));
        var one = new ChatStatistics();
        one.Add(rows.Read(Rows([lines[9]])).Single());
        Assert.Equal([(12, 13, 1)], one.Histogram(20));
        Assert.Empty(new ChatStatistics().Histogram());
    }

    [Fact]
    public void Bad_rows_stop_the_reading_unless_they_are_to_be_left_out()
    {
        var chat = new ChatTokenizer(Small, Template(ChatMl));
        Assert.StartsWith("f.jsonl:2: is no conversation", Assert.Throws<DatasetException>(() => new ChatRows(chat).Read(Rows([Good, "{\"x\":1}"])).Count()).Message, StringComparison.Ordinal);
        ChatRow row = new ChatRows(chat, dropBadRows: true).Read(Rows([Good, "{\"x\":1}"])).Last();
        Assert.Equal(("f.jsonl:2", true), (row.Place, row.Example is null));
        Assert.StartsWith("is no conversation", row.DroppedBecause, StringComparison.Ordinal);
    }

    private static IReadOnlyList<ConversationCheck> Check(ChatTokenizer chat, string[] rows, int? vocabSize = null)
    {
        var checks = new ConversationChecks(chat, vocabSize);
        foreach (ChatRow row in new ChatRows(chat, dropBadRows: true).Read(Rows(rows)))
            checks.Add(row);
        return checks.Results();
    }

    private static ConversationCheck Find(IReadOnlyList<ConversationCheck> checks, string name) => checks.Single(check => check.Name == name);

    private static IEnumerable<Row> Rows(string[] lines) => lines.Select((line, i) => Row.Parse(Encoding.UTF8.GetBytes(line), "f.jsonl", i + 1));
}
