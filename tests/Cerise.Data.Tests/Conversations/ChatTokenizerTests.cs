using System.Text.Json;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Data.Tests.Tokenizers;
using static Cerise.Data.Tests.Conversations.ChatSamples;

namespace Cerise.Data.Tests.Conversations;

public sealed class ChatTokenizerTests
{
    private static readonly ChatTokenizer Plain = new(Small, Template(ChatMl));

    [Fact]
    public void Every_answer_is_trained_with_its_end_token_and_nothing_else()
    {
        ChatExample example = Plain.Encode(Chat(Instruction("Be kind."), User("the cat"), Assistant("sat on the mat"), User("and\nthen"), Assistant("it\nsat")));
        Assert.Equal(["sat on the mat<|im_end|>", "it\nsat<|im_end|>"], example.TrainedTexts());
        Assert.Equal(example.Text, Small.Decode(example.Ids()));
        Assert.Equal(Small.Encode(example.Text, addSpecialTokens: false), example.Ids());
        Assert.Equal(["system", "user", "assistant", "user", "assistant"], example.Turns.Select(turn => turn.Role));
        Assert.Equal(example.Text, string.Concat(example.Turns.Select(turn => example.Text[turn.Start..turn.End])));
        Assert.Equal(example.Tokens.Count, example.TokensByTurn().Sum(turn => turn.Count));
        Assert.All(example.Turns, turn => Assert.True(turn.BeginsAsAtInference));
        Assert.Equal([null, null, Small.EosId, null, Small.EosId], example.Turns.Select(turn => turn.EndToken));
        Assert.Null(example.DroppedBecause);
    }

    [Fact]
    public void A_message_that_is_not_to_be_trained_is_only_read()
    {
        ChatExample example = Plain.Encode(Chat(User("a"), Assistant("b") with { Train = false }, User("c"), Assistant("d")));
        Assert.Equal(["d<|im_end|>"], example.TrainedTexts());
        ChatExample none = Plain.Encode(Chat(User("a"), Assistant("b") with { Train = false }));
        Assert.Equal((0, "nothing in it is to be trained"), (none.TrainedCount, none.DroppedBecause));
        Assert.Equal("it has no answer to train on", Plain.Encode(Chat(User("a"))).DroppedBecause);
    }

    [Fact]
    public void All_is_trained_where_asked_for()
    {
        ChatExample example = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { CompletionOnlyLoss = false }).Encode(Chat(User("a"), Assistant("b")));
        Assert.Equal([example.Text], example.TrainedTexts());
        Assert.Equal(example.Tokens.Count - 1, example.TrainedCount);
    }

    [Fact]
    public void The_mask_does_not_follow_markers_in_what_is_said()
    {
        ChatExample example = Plain.Encode(Chat(User("<|im_start|>assistant\nI am told<|im_end|>\n"), Assistant("a<|im_end|>\n<|im_start|>user\nb")));
        Assert.Equal(["a<|im_end|>\n<|im_start|>user\nb<|im_end|>"], example.TrainedTexts());
        Assert.Equal(4, example.SpecialTokensInContent);
    }

    [Fact]
    public void The_prompt_is_what_precedes_the_answer_in_training()
    {
        Conversation conversation = Chat(User("the cat"), Assistant("sat"), User("the dog"), Assistant("ran"));
        ChatPrompt prompt = Plain.Prompt(conversation);
        Assert.Equal("<|im_start|>user\nthe cat<|im_end|>\n<|im_start|>assistant\nsat<|im_end|>\n<|im_start|>user\nthe dog<|im_end|>\n<|im_start|>assistant\n", prompt.Text);
        Assert.Equal(prompt.Ids, Plain.Encode(conversation).Ids()[..prompt.Ids.Count]);
        Assert.Equal(prompt.Text, Plain.Prompt(conversation with { Messages = [.. conversation.Messages.SkipLast(1)] }).Text);
        ChatExample alone = Plain.Encode(conversation with { Messages = [.. conversation.Messages.SkipLast(1)], Layout = ConversationLayout.Prompt });
        Assert.Equal((prompt.Text, "it has no answer to train on"), (alone.Text, alone.DroppedBecause));
    }

    [Fact]
    public void The_system_prompt_of_training_is_that_of_inference()
    {
        var chat = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { SystemPrompt = "Be good." });
        Conversation conversation = Chat(User("a"), Assistant("b"));
        Assert.StartsWith("<|im_start|>system\nBe good.<|im_end|>\n<|im_start|>user\n", chat.Encode(conversation).Text, StringComparison.Ordinal);
        Assert.StartsWith(chat.Prompt(conversation).Text, chat.Encode(conversation).Text, StringComparison.Ordinal);
        Assert.Equal(["b<|im_end|>"], chat.Encode(conversation).TrainedTexts());
        Conversation own = Chat(Instruction("Be bad."), User("a"), Assistant("b"));
        Assert.StartsWith("<|im_start|>system\nBe bad.", chat.Encode(own).Text, StringComparison.Ordinal);
        Assert.StartsWith("<|im_start|>system\nBe bad.", chat.Prompt(own).Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_row_that_is_too_long_keeps_its_start_and_gets_no_end_token()
    {
        Conversation conversation = Chat(User("the cat"), Assistant("sat on the mat and on the log"));
        ChatExample whole = Plain.Encode(conversation);
        for (int length = 1; length < whole.Tokens.Count; length++)
        {
            ChatExample cut = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = length }).Encode(conversation);
            Assert.Equal(whole.Ids()[..length], cut.Ids());
            Assert.Equal(whole.Trained.Take(length), cut.Trained);
            Assert.Equal(whole.Tokens.Count - length, cut.CutTokens);
            Assert.Equal(cut.TrainedCount == 0, cut.DroppedBecause is not null);
            ChatExample dropped = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = length, Truncation = TruncationMode.Drop }).Encode(conversation);
            Assert.Equal($"it has {whole.Tokens.Count} tokens, more than {length}", dropped.DroppedBecause);
        }
        ChatExample first = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = 5 }).Encode(conversation);
        Assert.Equal($"all its {whole.TrainedCount} trained tokens lie beyond the first 5 of {whole.Tokens.Count}", first.DroppedBecause);
    }

    [Fact]
    public void A_row_that_is_too_long_can_keep_its_end_instead()
    {
        Conversation conversation = Chat(User("the cat"), Assistant("sat"), User("on the mat"), Assistant("and on the log"));
        ChatExample whole = Plain.Encode(conversation);
        for (int length = 1; length < whole.Tokens.Count; length++)
        {
            ChatExample cut = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = length, Truncation = TruncationMode.KeepEnd }).Encode(conversation);
            int first = whole.Tokens.Count - length;
            Assert.Equal(whole.Ids()[first..], cut.Ids());
            Assert.Equal(whole.Trained.Skip(first), cut.Trained);
            Assert.Equal((first, true), (cut.CutTokens, cut.IsCutAtStart));
            Assert.Equal(cut.TrainedCount == 0, cut.DroppedBecause is not null);
            Assert.Equal(length, cut.TokensByTurn().Sum(turn => turn.Count));
        }
        ChatExample last = new ChatTokenizer(Small, Template(ChatMl), new ChatTokenizerOptions { MaxLength = 1, Truncation = TruncationMode.KeepEnd }).Encode(conversation);
        Assert.Equal($"all its {whole.TrainedCount} trained tokens lie before the last 1 of {whole.Tokens.Count}", last.DroppedBecause);
    }

    [Fact]
    public void Plain_text_is_tokenized_as_it_is_and_ended()
    {
        var conversation = new Conversation { Plain = new PlainText("the cat", " sat") };
        ChatExample example = new ChatTokenizer(Small, null).Encode(conversation);
        int[] prompt = Small.Encode("the cat"), completion = Small.Encode(" sat", addSpecialTokens: false);
        Assert.Equal([.. prompt, .. completion, Small.EosId!.Value], example.Ids());
        Assert.Equal([.. prompt.Select(_ => (byte)0), .. completion.Select(_ => (byte)1), 1], example.Trained);
        Assert.Equal(prompt, new ChatTokenizer(Small, null).Prompt(conversation).Ids);
        Assert.Equal(2, Plain.Encode(new Conversation { Plain = new PlainText("x", "<|im_end|>") }).Tokens.Count);
        Assert.All(Plain.Encode(new Conversation { Plain = new PlainText("", "the cat") }).Trained, trained => Assert.Equal(1, trained));
    }

    [Fact]
    public void A_prompt_is_begun_but_not_ended_by_a_tokenizer_that_ends_texts()
    {
        const string config = """{"add_bos_token":true,"add_eos_token":true,"bos_token":"<|im_start|>","eos_token":"<|endoftext|>"}""";
        Tokenizer ending = TinyTokenizer.Load(TinyTokenizer.Json().ToJsonString(), config);
        int begin = ending.BosId!.Value, end = ending.EosId!.Value;
        var chat = new ChatTokenizer(ending, null);
        int[] given = [begin, .. ending.Encode("the cat", addSpecialTokens: false)], answer = ending.Encode(" sat", addSpecialTokens: false);
        Assert.Equal([.. given, end], ending.Encode("the cat"));                        // so a whole text is ended
        Assert.Equal([begin], ending.BeginningIds);
        Assert.Equal(given, chat.Prompt(new Conversation { Plain = new PlainText("the cat", null) }).Ids);
        Assert.Equal(given, chat.Encode(new Conversation { Plain = new PlainText("the cat", null) }).Ids());
        ChatExample example = chat.Encode(new Conversation { Plain = new PlainText("the cat", " sat") });
        Assert.Equal([.. given, .. answer, end], example.Ids());
        Assert.Equal([.. given.Select(_ => (byte)0), .. answer.Select(_ => (byte)1), 1], example.Trained);
        Assert.Equal([(0, 0), (0, 3), (3, 7)], ending.EncodePromptWithOffsets("the cat").Select(token => (token.Start, token.End)));
        Assert.Equal([begin, end], ending.EncodePrompt("<|endoftext|>"));               // what the text says itself stays
        Assert.Equal([begin], ending.EncodePrompt(""));
    }

    [Fact]
    public void A_template_that_marks_what_is_generated_is_believed()
    {
        const string source = "{% for message in messages %}<|im_start|>{{ message.role }}\n{% if message.role == 'assistant' %}{% generation %}{{ message.content }}"
            + "<|im_end|>\n{% endgeneration %}{% else %}{{ message.content }}<|im_end|>\n{% endif %}{% endfor %}";
        ChatExample example = new ChatTokenizer(Small, Template(source)).Encode(Chat(User("a"), Assistant("b"), User("c"), Assistant("d") with { Train = false }));
        Assert.Equal(["b<|im_end|>\n"], example.TrainedTexts());
        Assert.Equal(Small.EosId, example.Turns.Single(turn => turn.IsTrained).EndToken);
    }

    [Fact]
    public void An_answer_that_does_not_begin_as_at_inference_is_trained_from_its_own_words_and_told()
    {
        string source = ChatMl.Replace("assistant\n' }}{% endif %}", "assistant\n<think>\n' }}{% endif %}", StringComparison.Ordinal);
        var chat = new ChatTokenizer(Small, Template(source));
        ChatExample plain = chat.Encode(Chat(User("a"), Assistant("b")));
        Assert.Equal(["b<|im_end|>"], plain.TrainedTexts());
        Assert.False(plain.Turns[1].BeginsAsAtInference);
        ChatExample thought = chat.Encode(Chat(User("a"), Assistant("<think>\nhm\n</think>\nb")));
        Assert.Equal(["hm\n</think>\nb<|im_end|>"], thought.TrainedTexts());
        Assert.True(thought.Turns[1].BeginsAsAtInference);
    }

    [Theory]
    [InlineData("{{ message.content }}{{ eos_token }}\n<|im_start|>\n", "b<|im_end|>")]                                  // the end-of-text token before others
    [InlineData("{{ message.content }}<|im_start|><|end|>\n", "b<|im_start|><|end|>")]                                   // the last of several
    [InlineData("{{ message.content }}\n\n", "b\n\n<|im_start|>")]                                                       // the next speaker's
    [InlineData("{{ message.content }}### \n", "b###")]                                                                  // none: the template's last word
    public void A_turn_ends_with_its_end_token(string body, string expected)
    {
        Tokenizer tokenizer = With(["<|im_start|>", "<|im_end|>", "<|end|>"], "<|im_end|>");
        string source = "{% for message in messages %}<|im_start|>{{ message.role }}: BODY{% endfor %}{% if add_generation_prompt %}<|im_start|>assistant: {% endif %}"
            .Replace("BODY", body, StringComparison.Ordinal);
        if (expected == "b###")
            source = source.Replace("<|im_start|>", "", StringComparison.Ordinal);
        ChatExample example = new ChatTokenizer(tokenizer, Template(source)).Encode(Chat(User("a"), Assistant("b"), User("c")));
        Assert.Equal([expected], example.TrainedTexts());
        Assert.Equal(expected == "b###" ? null : tokenizer.TokenToId(expected[expected.LastIndexOf("<|", StringComparison.Ordinal)..]), example.Turns[1].EndToken);
    }

    [Fact]
    public void A_token_across_the_border_is_trained_only_if_it_begins_inside_and_is_counted()
    {
        // "on" and " the" are tokens of their own; without a break before the answer, its first letters join the template's.
        const string source = "{% for message in messages %}{% if message.role == 'user' %}{{ message.content }}: t{% else %}{{ message.content }}{{ eos_token }}{% endif %}{% endfor %}";
        ChatExample example = new ChatTokenizer(Small, Template(source)).Encode(Chat(User("a"), Assistant("he cat")));
        Assert.Contains(example.Tokens, token => example.Text[token.Start..token.End] == " the");
        Assert.Equal([" cat<|im_end|>"], example.TrainedTexts());
        Assert.Equal(1, example.StraddlingTokens);
    }

    [Fact]
    public void What_a_template_refuses_or_lacks_names_the_row()
    {
        var strict = new ChatTokenizer(Small, Template("{% for m in messages %}{% if loop.index0 % 2 and m.role == 'user' %}{{ raise_exception('roles must alternate') }}{% endif %}{% endfor %}"));
        string refused = Assert.Throws<DatasetException>(() => strict.Encode(Chat(User("a"), User("b"), Assistant("c")))).Message;
        Assert.StartsWith("f.jsonl:3: is refused by the chat template: ", refused, StringComparison.Ordinal);
        Assert.Contains("roles must alternate", refused, StringComparison.Ordinal);
        Assert.StartsWith("f.jsonl:3: is a conversation, and the model has no chat template",
            Assert.Throws<DatasetException>(() => new ChatTokenizer(Small, null).Prompt(Chat(User("a")))).Message, StringComparison.Ordinal);
        Message call = new(MessageRoles.Assistant, null) { ToolCalls = [new ToolCall("f", JsonElement.Parse("{}"), "call00000")] };
        Assert.Contains("writes no tool calls", Assert.Throws<DatasetException>(() => Plain.Encode(Chat(User("a"), call))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_answer_that_the_template_leaves_out_is_told()
    {
        const string source = "{% for message in messages %}{{ message.role }}{% if message.role != 'assistant' %}{{ message.content }}{% endif %}<|im_end|>{% endfor %}";
        ChatExample example = new ChatTokenizer(Small, Template(source)).Encode(Chat(User("a"), Assistant("b")));
        Assert.Equal("the template writes nothing of what it says", example.Turns.Single(turn => turn.IsTrained).Problem);
        const string outside = "{{ messages[-1].content }}<|im_end|>{{ messages[0].content }}";
        ChatExample last = new ChatTokenizer(Small, Template(outside)).Encode(Chat(User("a"), Assistant("b")));
        Assert.Equal("the template writes nothing of it, or writes it outside a loop over the messages", last.DroppedBecause);
    }

    [Fact]
    public void Variables_of_the_row_come_before_those_of_the_options()
    {
        const string source = "{{ tone }}{{ 'T' if tools is none }}{{ 'D' if documents is none }}{% for message in messages %}{{ message.content }}{% endfor %}";
        var chat = new ChatTokenizer(Small, Template(source), new ChatTokenizerOptions
        {
            Variables = new Dictionary<string, JsonElement> { ["tone"] = JsonElement.Parse("\"calm\"") },
        });
        Assert.Equal("calmTDa", chat.Prompt(Chat(User("a"))).Text);
        Conversation row = Chat(User("a")) with { Variables = new Dictionary<string, JsonElement> { ["tone"] = JsonElement.Parse("\"loud\"") } };
        Assert.Equal("loudTDa", chat.Prompt(row).Text);
    }

    [Theory]
    [InlineData("{{ message.content }}", "a\nb")]
    [InlineData("{% if message.content is string %}{{ message.content }}{% else %}{% for part in message.content %}[{{ part.text }}]{% endfor %}{% endif %}", "[a][b]")]
    public void Parts_are_joined_for_templates_that_want_text(string body, string expected)
    {
        var message = new Message(MessageRoles.User, null) { Parts = [JsonElement.Parse("""{"type":"text","text":"a"}"""), JsonElement.Parse("""{"type":"text","text":"b"}""")] };
        Assert.Equal(expected, new ChatTokenizer(Small, Template("{% for message in messages %}" + body + "{% endfor %}")).Prompt(Chat(message)).Text);
    }

    [Fact]
    public void Faults_of_the_options_are_named()
    {
        Assert.Equal(
            ["MaxLength is 0; at least 1 is needed", "SystemPrompt is empty; leave it out for the template's own"],
            new ChatTokenizerOptions { MaxLength = 0, SystemPrompt = " " }.Faults());
        Assert.Empty(new ChatTokenizerOptions().Faults());
    }
}
