using System.Net;
using System.Text.Json.Nodes;
using Cerise.Data.Inference;

namespace Cerise.Studio.Tests.Endpoints;

public sealed class ChatCompletionsEndpointTests
{
    private const string Path = "/v1/chat/completions";

    [Fact]
    public async Task A_conversation_is_answered_whole()
    {
        await using StudioHost host = await StudioHost.Start("Hello, world");
        JsonNode answer = await host.Chat();
        Assert.Equal("chat.completion", (string?)answer["object"]);
        Assert.StartsWith("chatcmpl-", (string?)answer["id"]);
        Assert.Equal("scripted", (string?)answer["model"]);
        Assert.StartsWith("fp_", (string?)answer["system_fingerprint"]);
        JsonNode choice = answer["choices"]!.AsArray().Single()!;
        Assert.Equal("assistant", (string?)choice["message"]!["role"]);
        Assert.Equal("Hello, world", (string?)choice["message"]!["content"]);
        Assert.Equal("stop", (string?)choice["finish_reason"]);
        Assert.Equal("<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n", host.Engine.PromptOf(0));
        Assert.Equal(host.Engine.PromptOf(0).Length, (int?)answer["usage"]!["prompt_tokens"]);
        Assert.Equal("Hello, world".Length + 1, (int?)answer["usage"]!["completion_tokens"]);
        Assert.Equal((int?)answer["usage"]!["prompt_tokens"] + (int?)answer["usage"]!["completion_tokens"], (int?)answer["usage"]!["total_tokens"]);
    }

    [Fact]
    public async Task A_stream_begins_with_the_role_and_ends_with_the_reason_and_the_usage()
    {
        await using StudioHost host = await StudioHost.Start("Héllo");
        JsonNode[] chunks = await host.Stream("\"stream_options\":{\"include_usage\":true}");
        Assert.Equal("assistant", (string?)chunks[0]["choices"]![0]!["delta"]!["role"]);
        Assert.Equal("Héllo", string.Concat(chunks[..^1].Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
        Assert.Equal("stop", (string?)chunks[^2]["choices"]![0]!["finish_reason"]);
        Assert.All(chunks[..^2], chunk => Assert.Null(chunk["choices"]![0]!["finish_reason"]));
        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(6, (int?)chunks[^1]["usage"]!["completion_tokens"]);
        Assert.Single(chunks.Select(chunk => (string?)chunk["id"]).Distinct());
        Assert.All(chunks, chunk => Assert.Equal("chat.completion.chunk", (string?)chunk["object"]));
    }

    [Fact]
    public async Task Text_that_comes_together_is_one_chunk_for_reasoning_and_one_for_the_answer()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("<think>so be it</think>Yes.") { IsReady = true });
        JsonNode[] deltas = [.. (await host.Stream()).Select(chunk => chunk["choices"]![0]!["delta"]!)];
        Assert.Equal(["{\"role\":\"assistant\",\"content\":\"\"}", "{\"reasoning_content\":\"so be it\"}", "{\"content\":\"Yes.\"}", "{}"], deltas.Select(delta => delta.ToJsonString()));
    }

    [Fact]
    public async Task A_stream_says_nothing_of_usage_unless_asked()
    {
        await using StudioHost host = await StudioHost.Start("Hello");
        Assert.All(await host.Stream(), chunk => Assert.Null(chunk["usage"]));
    }

    [Fact]
    public async Task Several_answers_have_their_indices()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine((_, sample) => $"answer {sample}"));
        JsonNode whole = await host.Chat("\"n\":3");
        Assert.Equal(["answer 0", "answer 1", "answer 2"], whole["choices"]!.AsArray().Select(choice => (string?)choice!["message"]!["content"]));
        JsonNode[] chunks = await host.Stream("\"n\":3");
        for (int sample = 0; sample < 3; sample++)
        {
            IEnumerable<JsonNode> own = chunks.Select(chunk => chunk["choices"]![0]!).Where(choice => (int?)choice["index"] == sample);
            Assert.Equal($"answer {sample}", string.Concat(own.Select(choice => (string?)choice["delta"]!["content"])));
            Assert.Equal("assistant", (string?)own.First()["delta"]!["role"]);
        }
    }

    [Fact]
    public async Task Settings_reach_the_engine()
    {
        await using StudioHost host = await StudioHost.Start("x");
        await host.Chat("""
            "temperature":0.5,"top_p":0.9,"top_k":7,"min_p":0.1,"presence_penalty":1.5,"frequency_penalty":-1.5,"repetition_penalty":1.1,
            "seed":12345678901,"max_completion_tokens":5,"max_tokens":9,"stop":["a","b"],"logit_bias":{"65":-100,"66":2.5},"stop_token_ids":[3]
            """);
        SamplingSettings sampling = host.Engine.Requests.Single().Sampling;
        Assert.Equal((0.5f, 0.9f, 7, 0.1f), (sampling.Temperature, sampling.TopP, sampling.TopK, sampling.MinP));
        Assert.Equal((1.5f, -1.5f, 1.1f), (sampling.PresencePenalty, sampling.FrequencyPenalty, sampling.RepetitionPenalty));
        Assert.Equal((12345678901, 5), (sampling.Seed, sampling.MaxNewTokens));
        Assert.Equal(["a", "b"], sampling.StopStrings);
        Assert.Equal([3], sampling.StopIds);
        Assert.Equal(new Dictionary<int, float> { [65] = -100, [66] = 2.5f }, sampling.LogitBias);
    }

    [Fact]
    public async Task A_stop_string_ends_an_answer_and_is_no_part_of_it()
    {
        await using StudioHost host = await StudioHost.Start("one two three");
        JsonNode choice = (await host.Chat("\"stop\":\" three\",\"logprobs\":true"))["choices"]![0]!;
        Assert.Equal("one two", (string?)choice["message"]!["content"]);
        Assert.Equal("stop", (string?)choice["finish_reason"]);
        Assert.Equal("one two", string.Concat(choice["logprobs"]!["content"]!.AsArray().Select(token => (string?)token!["token"])));
    }

    [Fact]
    public async Task The_limit_of_tokens_ends_an_answer_with_length()
    {
        await using StudioHost host = await StudioHost.Start("Hello");
        JsonNode choice = (await host.Chat("\"max_tokens\":3"))["choices"]![0]!;
        Assert.Equal("Hel", (string?)choice["message"]!["content"]);
        Assert.Equal("length", (string?)choice["finish_reason"]);
    }

    [Fact]
    public async Task Log_probabilities_come_with_bytes_and_the_likeliest_tokens()
    {
        await using StudioHost host = await StudioHost.Start("aé");
        JsonNode whole = (await host.Chat("\"logprobs\":true,\"top_logprobs\":2"))["choices"]![0]!["logprobs"]!;
        JsonNode[] streamed = [.. (await host.Stream("\"logprobs\":true,\"top_logprobs\":2"))
            .Select(chunk => chunk["choices"]![0]!["logprobs"]).OfType<JsonNode>().SelectMany(told => told["content"]!.AsArray()).OfType<JsonNode>()];
        Assert.Equal(whole["content"]!.AsArray().Select(token => token!.ToJsonString()), streamed.Select(token => token.ToJsonString()));
        Assert.Equal(["a", "é"], streamed.Select(token => (string?)token["token"]));
        Assert.Equal([0xC3, 0xA9], streamed[1]["bytes"]!.AsArray().Select(value => (int)value!));
        Assert.Equal(-0.5f, (float?)streamed[0]["logprob"]);
        Assert.Equal(["A", "B"], streamed[0]["top_logprobs"]!.AsArray().Select(other => (string?)other!["token"]));
    }

    [Fact]
    public async Task Reasoning_is_parted_from_content()
    {
        await using StudioHost host = await StudioHost.Start("<think>\nTwo and two.\n</think>\n\nFour.");
        JsonNode message = (await host.Chat())["choices"]![0]!["message"]!;
        Assert.Equal("Two and two.", (string?)message["reasoning_content"]);
        Assert.Equal("Four.", (string?)message["content"]);
        JsonNode[] chunks = await host.Stream();
        Assert.Equal("Two and two.", string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["reasoning_content"])));
        Assert.Equal("Four.", string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
    }

    [Fact]
    public async Task A_prompt_that_opens_the_reasoning_is_gone_on_with()
    {
        await using StudioHost host = await StudioHost.Start("Two and two.\n</think>\n\nFour.", Templates.Thinking);
        JsonNode answer = await host.Chat();
        Assert.Equal("Two and two.", (string?)answer["choices"]![0]!["message"]!["reasoning_content"]);
        Assert.Equal("Four.", (string?)answer["choices"]![0]!["message"]!["content"]);
        Assert.Equal("Two and two.\n</think>".Length, (int?)answer["usage"]!["completion_tokens_details"]!["reasoning_tokens"]);
    }

    [Theory]
    [InlineData(EngineFault.InvalidSetting, HttpStatusCode.BadRequest)]
    [InlineData(EngineFault.QueueFull, HttpStatusCode.TooManyRequests)]
    [InlineData(EngineFault.ShuttingDown, HttpStatusCode.ServiceUnavailable)]
    [InlineData(EngineFault.TimedOut, HttpStatusCode.RequestTimeout)]
    [InlineData(EngineFault.Failed, HttpStatusCode.InternalServerError)]
    public async Task What_the_engine_refuses_has_its_status_in_streams_too(EngineFault fault, HttpStatusCode status)
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("x") { Fault = new EngineException(fault, "told by the engine", "top_p") });
        await host.Refused(status, StudioHost.Request(""));
        await host.Refused(status, StudioHost.Request("\"stream\":true"));
    }

    [Fact]
    public async Task A_fault_within_a_stream_is_an_event_with_an_error()
    {
        await using StudioHost host = await StudioHost.Start(
            new ScriptedEngine("Hello") { Fault = new EngineException(EngineFault.TimedOut, "it took too long"), FaultAfter = 2 });
        using HttpResponseMessage response = await host.Post(Path, StudioHost.Request("\"stream\":true"));
        string[] events = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("it took too long", (string?)JsonNode.Parse(events[^1]["data: ".Length..])!["error"]!["message"]);
    }

    [Fact]
    public async Task A_prompt_longer_than_the_context_has_its_code()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("x") { ContextLength = 20 });
        JsonNode error = await host.Refused(HttpStatusCode.BadRequest, StudioHost.Request(""));
        Assert.Equal(("context_length_exceeded", "messages"), ((string?)error["code"], (string?)error["param"]));
    }

    [Fact]
    public async Task Another_model_is_not_found()
    {
        await using StudioHost host = await StudioHost.Start("x");
        JsonNode error = await host.Refused(HttpStatusCode.NotFound, StudioHost.Request("\"model\":\"gpt-4\""));
        Assert.Equal("model_not_found", (string?)error["code"]);
        Assert.Contains("'scripted'", (string?)error["message"]);
    }

    [Fact]
    public async Task A_client_that_leaves_frees_its_place()
    {
        var ended = new TaskCompletionSource();
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine(new string('x', 100))
        {
            Gate = async cancellation =>
            {
                using CancellationTokenRegistration registration = cancellation.Register(ended.SetResult);
                await Task.Delay(Timeout.Infinite, cancellation);
            },
        });
        HttpResponseMessage response = await host.Post(Path, StudioHost.Request("\"stream\":true"));
        Assert.Equal(1, host.Engine.Running);
        response.Dispose();
        await ended.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
