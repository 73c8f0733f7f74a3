using System.Text.Json;
using Cerise.Data.Conversations;
using Cerise.Testing;
using static Cerise.Data.Tests.Conversations.ChatSamples;

namespace Cerise.Data.Tests.Conversations;

/// <summary>What published templates train, read once by a person.</summary>
public sealed class TemplateMaskTests
{
    internal static readonly string[] SpecialTokens =
    [
        "<|im_start|>", "<|im_end|>", "<|endoftext|>", "<s>", "</s>", "<|end|>", "<|user|>", "<|assistant|>", "<|system|>", "<|observation|>", "[gMASK]", "<sop>",
        "<｜begin▁of▁sentence｜>", "<｜end▁of▁sentence｜>", "<｜User｜>", "<｜Assistant｜>", "<｜tool▁calls▁begin｜>", "<｜tool▁call▁begin｜>", "<｜tool▁sep｜>",
        "<｜tool▁call▁end｜>", "<｜tool▁calls▁end｜>", "<｜tool▁outputs▁begin｜>", "<｜tool▁output▁begin｜>", "<｜tool▁output▁end｜>", "<｜tool▁outputs▁end｜>",
        "<|start_of_role|>", "<|end_of_role|>", "<|end_of_text|>", "<|start|>", "<|message|>", "<|channel|>", "<|return|>", "<|call|>",
        "[INST]", "[/INST]", "[TOOL_CALLS]", "[TOOL_RESULTS]", "[/TOOL_RESULTS]", "[AVAILABLE_TOOLS]", "[/AVAILABLE_TOOLS]",
    ];

    private static readonly string[] Answers = ["Yes?", "Fine."];

    public static TheoryData<string, string, string, string> Templates => new()
    {
        { "GLM-4.6", "<|endoftext|>", "\n<think></think>\nYes?<|user|>", "\n<think></think>\nFine." },
        { "HuggingFaceH4-zephyr-7b-beta", "</s>", "Yes?</s>", "Fine.</s>" },
        { "HuggingFaceTB-SmolLM2", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "HuggingFaceTB-SmolLM3-3B", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "MiMo-VL", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "Qwen-QwQ-32B", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "Qwen-Qwen2.5-7B-Instruct", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "Qwen3-Coder", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "chatml", "<|im_end|>", "Yes?<|im_end|>", "Fine.<|im_end|>" },
        { "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "<｜end▁of▁sentence｜>", "Yes?<｜end▁of▁sentence｜>", "Fine.<｜end▁of▁sentence｜>" },
        { "ibm-granite-granite-3.3-2B-Instruct", "<|end_of_text|>", "Yes?<|end_of_text|>", "Fine.<|end_of_text|>" },
        { "microsoft-Phi-3-mini", "<|endoftext|>", "Yes?<|end|>", "Fine.<|end|>" },
        { "mistralai-Mistral-7B-Instruct-v0.3", "</s>", " Yes? </s>", " Fine. </s>" },
        { "mistralai-Mistral-Nemo-Instruct-2407", "</s>", "Yes?</s>", "Fine.</s>" },
        { "openai-gpt-oss-120b", "<|return|>", "<|channel|>final<|message|>Yes?<|end|>", "<|channel|>final<|message|>Fine.<|return|>" },
    };

    [Theory]
    [MemberData(nameof(Templates))]
    public void Answers_are_trained_with_what_ends_them(string template, string eos, string first, string last)
    {
        ChatTokenizer chat = Load(template, eos);
        ChatExample example = chat.Encode(Chat(User("Hello!"), Assistant(Answers[0]), User("How are you?"), Assistant(Answers[1])));
        Assert.Equal([first, last], example.TrainedTexts());
        Assert.Equal(0, example.StraddlingTokens);
        // Of these, two ask for an answer with thoughts that are not in the history, and say so.
        bool asks = template is not ("Qwen-QwQ-32B" or "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B");
        Assert.All(example.Turns, turn => Assert.True(turn.BeginsAsAtInference || !asks));
        if (!asks)
            Assert.Equal(2, example.Turns.Count(turn => !turn.BeginsAsAtInference));
    }

    /// <summary>Some templates take the last message out of the list before they loop over it, and write an answer there by hand.</summary>
    [Fact]
    public void An_answer_that_is_written_after_the_loop_is_trained_like_the_others()
    {
        var chat = new ChatTokenizer(Small, Template(
            "{% set last = messages[-1] if messages[-1].role == 'assistant' else none %}{% set messages = messages[:-1] if last else messages %}Rules.\n"
            + "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content | trim }}<|im_end|>\n{% endfor %}"
            + "{% if add_generation_prompt or last %}<|im_start|>assistant\n{% endif %}{% if last %}{{ last.content | trim }}<|im_end|>\n{% endif %}"));
        ChatExample example = chat.Encode(Chat(User("the cat"), Assistant(" sat "), User("the dog"), Assistant(" ran ")));
        Assert.Equal(["sat<|im_end|>", "ran<|im_end|>"], example.TrainedTexts());
        Assert.Equal([-1, 0, 1, 2, 3], example.Turns.Select(turn => turn.Message));
        Assert.Equal(example.Text, string.Concat(example.Turns.Select(turn => example.Text[turn.Start..turn.End])));
        Assert.Equal(["ran<|im_end|>"], chat.Encode(Chat(User("the dog"), Assistant("ran"))).TrainedTexts());
    }

    [Fact]
    public void An_answer_without_a_loop_is_trained_from_where_the_question_ends()
    {
        var chat = new ChatTokenizer(Small, Template(
            "{{ messages[0].content }}\n{% if messages | length > 1 %}=>\n{{ messages[1].content }}<|im_end|>{% elif add_generation_prompt %}=>\n{% endif %}"));
        ChatExample example = chat.Encode(Chat(User("the cat"), Assistant("sat")));
        Assert.Equal(["sat<|im_end|>"], example.TrainedTexts());
        Assert.Equal(["user", "assistant"], example.Turns.Select(turn => turn.Role));
    }

    [Fact]
    public void An_answer_of_which_nothing_is_written_trains_nothing()
    {
        var chat = new ChatTokenizer(Small, Template(
            "{% for m in messages %}{{ m.role }}:{% if not loop.last %} {{ m.content }}{% endif %}<|im_end|>\n{% endfor %}"));
        Assert.Equal(["sat<|im_end|>"], chat.Encode(Chat(User("the cat"), Assistant("sat"), User("a"), Assistant("b"))).TrainedTexts().Select(text => text.Split(' ')[^1]));
        Assert.Equal("the template writes nothing of what it says", chat.Encode(Chat(User("the cat"), Assistant("sat"))).DroppedBecause);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void The_prompt_and_the_answer_make_the_example(string template, string eos, string first, string last)
    {
        ChatTokenizer chat = Load(template, eos);
        Conversation conversation = Chat(User("Hello!"), Assistant(Answers[1]));
        ChatExample example = chat.Encode(conversation);
        ChatPrompt prompt = chat.Prompt(conversation);
        Assert.NotEqual(first, last);
        if (!example.Turns.All(turn => turn.BeginsAsAtInference))
            return;
        Assert.StartsWith(prompt.Text + last, example.Text, StringComparison.Ordinal);
        Assert.Equal(prompt.Ids, example.Ids()[..prompt.Ids.Count]);
        Assert.Equal(1, example.Trained[prompt.Ids.Count]);
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void An_answer_without_a_question_is_trained_alone(string template, string eos, string first, string last)
    {
        // These allow it; what the template writes before the first turn, such as its own system prompt, is not the answer's.
        if (template.StartsWith("mistral", StringComparison.Ordinal))
            return;
        Assert.NotEqual(first, last);
        Assert.Equal([last], Load(template, eos).Encode(Chat(Assistant(Answers[1]))).TrainedTexts());
    }

    [Theory]
    [InlineData("Qwen-Qwen2.5-7B-Instruct", "<|im_end|>", "<tool_call>\n{\"name\": \"find\", \"arguments\": {\"word\": \"cat\"}}\n</tool_call><|im_end|>")]
    [InlineData("MiMo-VL", "<|im_end|>", "<tool_call>\n{\"name\": \"find\", \"arguments\": {\"word\": \"cat\"}}\n</tool_call><|im_end|>")]
    [InlineData("Qwen-QwQ-32B", "<|im_end|>", "<tool_call>\n{\"name\": \"find\", \"arguments\": {\"word\": \"cat\"}}\n</tool_call><|im_end|>")]
    [InlineData("Qwen3-Coder", "<|im_end|>", "<tool_call>\n<function=find>\n<parameter=word>\ncat\n</parameter>\n</function>\n</tool_call><|im_end|>")]
    [InlineData("GLM-4.6", "<|endoftext|>", "\n<think></think>\n<tool_call>find\n<arg_key>word</arg_key>\n<arg_value>cat</arg_value>\n</tool_call><|observation|>")]
    [InlineData("mistralai-Mistral-7B-Instruct-v0.3", "</s>", " [TOOL_CALLS] [{\"name\": \"find\", \"arguments\": {\"word\": \"cat\"}, \"id\": \"call00000\"}] </s>")]
    [InlineData("mistralai-Mistral-Nemo-Instruct-2407", "</s>", "[TOOL_CALLS][{\"name\": \"find\", \"arguments\": {\"word\": \"cat\"}, \"id\": \"call00000\"}]</s>")]
    [InlineData("openai-gpt-oss-120b", "<|return|>", " to=functions.find<|channel|>commentary json<|message|>{\"word\": \"cat\"}<|call|>")]
    public void Calls_of_tools_are_trained_and_their_results_are_not(string template, string eos, string call)
    {
        ChatExample example = Load(template, eos).Encode(ToolChat("Found."));
        Assert.Equal(2, example.TrainedTexts().Count);
        Assert.Equal(call, example.TrainedTexts()[0]);
        Assert.Contains("Found.", example.TrainedTexts()[1], StringComparison.Ordinal);
        Assert.DoesNotContain("ninety", string.Concat(example.TrainedTexts()), StringComparison.Ordinal);
        Assert.Contains("ninety", example.Text, StringComparison.Ordinal);
        Assert.Contains("Finds a word", example.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_template_that_wants_arguments_as_text_and_no_content_gets_them_so()
    {
        ChatExample example = Load("deepseek-ai-DeepSeek-R1-Distill-Qwen-32B", "<｜end▁of▁sentence｜>").Encode(ToolChat("Found."));
        Assert.Contains("<｜tool▁sep｜>find\n```json\n{\"word\":\"cat\"}\n```<｜tool▁call▁end｜>", example.TrainedTexts()[0], StringComparison.Ordinal);
        Assert.Equal("Found.<｜end▁of▁sentence｜>", example.TrainedTexts()[1]);
    }

    [Theory]
    [InlineData("chatml", "<|im_end|>")]
    [InlineData("microsoft-Phi-3-mini", "<|endoftext|>")]
    [InlineData("ibm-granite-granite-3.3-2B-Instruct", "<|end_of_text|>")]
    public void A_template_without_calls_of_tools_refuses_them(string template, string eos)
        => Assert.Contains("writes no tool calls",
            Assert.Throws<Data.Datasets.DatasetException>(() => Load(template, eos).Encode(ToolChat("Found."))).Message, StringComparison.Ordinal);

    [Fact]
    public void Thoughts_that_the_template_strips_from_the_history_are_trained_in_the_last_answer_only()
    {
        ChatExample example = Load("Qwen-QwQ-32B", "<|im_end|>", ("enable_thinking", "true")).Encode(
            Chat(User("a"), Assistant("<think>\nfirst\n</think>\n\nb"), User("c"), Assistant("<think>\nsecond\n</think>\n\nd")));
        Assert.Equal(["b<|im_end|>", "second\n</think>\n\nd<|im_end|>"], example.TrainedTexts());
        Assert.Equal([false, true], example.Turns.Where(turn => turn.IsTrained).Select(turn => turn.BeginsAsAtInference));
    }

    [Fact]
    public void Reasoning_in_a_field_of_its_own_is_trained_where_the_template_writes_it()
    {
        ChatExample example = Load("GLM-4.6", "<|endoftext|>").Encode(Chat(User("a"), Assistant("b") with { Reasoning = "hm" }));
        Assert.Equal(["\n<think>hm</think>\nb"], example.TrainedTexts());
        var thinking = new Dictionary<string, JsonElement> { ["thinking"] = JsonElement.Parse("\"hm\"") };
        ChatExample harmony = Load("openai-gpt-oss-120b", "<|return|>").Encode(Chat(User("a"), Assistant("b") with { Extras = thinking }));
        Assert.Equal(["<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>b<|return|>"], harmony.TrainedTexts());
    }

    [Fact]
    public void The_real_tokenizer_of_Qwen_gives_the_same_answers()
    {
        var chat = new ChatTokenizer(Qwen, ChatTemplate.Load(TestPaths.SharedData("tokenizers/qwen2.5")));
        ChatExample example = chat.Encode(Chat(Instruction("Antworte."), User("Wie geht’s? 你好 😀"), Assistant("Gut, 谢谢 👨‍👩‍👧!\n"), User("Und?"), Assistant(" Ja. ")));
        Assert.Equal(["Gut, 谢谢 👨‍👩‍👧!\n<|im_end|>", " Ja. <|im_end|>"], example.TrainedTexts());
        Assert.Equal(Qwen.Encode(example.Text, addSpecialTokens: false), example.Ids());
        Assert.Equal([151645, 151645], example.Turns.Where(turn => turn.IsTrained).Select(turn => turn.EndToken!.Value));
        ChatExample call = chat.Encode(ToolChat("Found."));
        Assert.Equal(["<tool_call>\n{\"name\": \"find\", \"arguments\": {\"word\": \"cat\"}}\n</tool_call><|im_end|>", "Found.<|im_end|>"], call.TrainedTexts());
    }

    private static Conversation ToolChat(string answer) => Chat(
        User("Find cat."),
        new Message(MessageRoles.Assistant, null) { ToolCalls = [new ToolCall("find", JsonElement.Parse("""{"word": "cat"}"""), "call00000")] },
        new Message(MessageRoles.Tool, "ninety") { ToolCallId = "call00000" },
        Assistant(answer)) with
    {
        Tools = [JsonElement.Parse(
            """{"type":"function","function":{"name":"find","description":"Finds a word","parameters":{"type":"object","properties":{"word":{"type":"string"}}}}}""")],
    };

    private static ChatTokenizer Load(string template, string eos, params (string Name, string Json)[] variables) => new(
        With(SpecialTokens, eos, bos: eos switch { "</s>" => "<s>", "<｜end▁of▁sentence｜>" => "<｜begin▁of▁sentence｜>", _ => null }),
        ChatTemplate.Load(TestPaths.SharedData($"chat_templates/templates/{template}.jinja")),
        new ChatTokenizerOptions { Variables = variables.ToDictionary(variable => variable.Name, variable => JsonElement.Parse(variable.Json)) });
}
