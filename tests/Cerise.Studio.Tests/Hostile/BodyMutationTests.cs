using System.Text;
using Cerise.Data.Inference;
using Cerise.Studio.Chat;
using Cerise.Studio.Json;
using Cerise.Studio.Wire;
using Cerise.Testing;

namespace Cerise.Studio.Tests.Hostile;

/// <summary>Damaged bodies of requests, from their bytes to the answer: each is answered, or refused with a status and a reason.</summary>
public sealed class BodyMutationTests
{
    private static readonly byte[][] Chats =
    [
        .. new[]
        {
            """{"model":"scripted","messages":[{"role":"system","content":"S"},{"role":"user","content":[{"type":"text","text":"Q"}]}],"temperature":0.7,"top_p":0.9,"n":2,"seed":7,"max_tokens":20,"stop":["a","b"],"logprobs":true,"top_logprobs":3,"logit_bias":{"5":-100},"user":"u"}""",
            """{"messages":[{"role":"user","content":"Q"},{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{\"a\":1}"}}]},{"role":"tool","tool_call_id":"c","content":"R"}],"tools":[{"type":"function","function":{"name":"f","parameters":{"type":"object"}}}],"tool_choice":"auto","parallel_tool_calls":true}""",
            """{"messages":[{"role":"user","content":"Q"}],"stream":true,"stream_options":{"include_usage":true},"frequency_penalty":1,"presence_penalty":-1,"response_format":{"type":"text"},"reasoning_effort":"low","chat_template_kwargs":{"x":[1,{"y":null}]},"max_completion_tokens":5}""",
        }.Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly byte[][] Completions =
    [
        .. new[] { """{"prompt":["a","b"],"n":2,"best_of":2,"echo":false,"logprobs":2,"max_tokens":4,"stop":"x","suffix":null}""", """{"prompt":[[1,2],[3]],"temperature":0,"stream":false}""" }
            .Select(Encoding.UTF8.GetBytes),
    ];

    private static readonly Mutator Words = new("\"role\":", "\"user\"", "\"content\":", "\"messages\":", "\"n\":", "\"stop\":", "\"tools\":", "\"type\":\"json_object\"", "\"type\":\"json_schema\"", "\"stream\":true", "\"max_tokens\":");

    [Fact]
    public void Bodies_of_chats()
    {
        var model = new ServedModel(new ScriptedEngine("answer <tool_call>{\"name\":\"f\"}</tool_call>"), new ByteTokenizer(), Templates.ChatMl);
        var pipeline = new ChatPipeline(model, TimeProvider.System);
        New("body of a chat").Run(Chats, 6000, body => Answer(pipeline, ChatFields.Read(JsonBody.Read(body), model.Defaults)));
    }

    [Fact]
    public void Bodies_of_completions() =>
        New("body of a completion").Run(Completions, 3000, body => CompletionFields.Read(JsonBody.Read(body), new SamplingSettings()));

    private static Mutations New(string format) => new(format, typeof(RequestException), typeof(EngineException)) { Mutator = Words, StructuredShare = 80 };

    private static void Answer(ChatPipeline pipeline, ChatFields fields) =>
        ChatResult.Collect(pipeline.Prepare(fields.Chat), fields.Chat.Samples, null, TestContext.Current.CancellationToken).GetAwaiter().GetResult();
}
