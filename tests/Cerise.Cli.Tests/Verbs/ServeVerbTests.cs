using System.ClientModel;
using System.ClientModel.Primitives;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Chat;

namespace Cerise.Cli.Tests.Verbs;

/// <summary>The server with a real, tiny model behind it.</summary>
public sealed class ServeVerbTests(SmallModel model)
{
    private const int Concurrent = 64;

    [Fact]
    public async Task The_official_client_talks_with_a_model()
    {
        using ChattyModel folder = new(model);
        await using RunningServer server = await RunningServer.Start("--model", folder.Path, "--model-name", "tiny");
        ChatClient client = Client(server, "tiny");
        ChatCompletionOptions options = new() { Temperature = 0, MaxOutputTokenCount = 8, IncludeLogProbabilities = true, TopLogProbabilityCount = 2 };
        ChatCompletion answer = await client.CompleteChatAsync([new UserChatMessage("The 3th line")], options, TestContext.Current.CancellationToken);
        string streamed = "";
        await foreach (StreamingChatCompletionUpdate update in client.CompleteChatStreamingAsync([new UserChatMessage("The 3th line")], options, TestContext.Current.CancellationToken))
            streamed += string.Concat(update.ContentUpdate.Select(part => part.Text));
        Assert.Equal(answer.Content[0].Text, streamed);
        Assert.Equal(Generated("<user>The 3th line\n<assistant>", 8), streamed);
        Assert.Equal(8, answer.ContentTokenLogProbabilities.Count);
        Assert.All(answer.ContentTokenLogProbabilities, token => Assert.Equal(token.TopLogProbabilities[0].LogProbability, token.LogProbability));
    }

    [Fact]
    public async Task Even_a_model_of_random_weights_keeps_to_a_schema()
    {
        using ChattyModel folder = new(model, "{% if tools %}T{% endif %}{% for m in messages %}<{{ m.role }}>{{ m.content }}\n{% endfor %}{{ '<assistant>' }}");
        await using RunningServer server = await RunningServer.Start("--model", folder.Path, "--model-name", "tiny", "--context-length", "128");
        ChatClient client = Client(server, "tiny");
        BinaryData schema = BinaryData.FromString("""{"type":"object","properties":{"sure":{"type":"boolean"},"colour":{"enum":["red","green"]}},"required":["sure","colour"],"additionalProperties":false}""");
        ChatCompletionOptions format = new() { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", schema, jsonSchemaIsStrict: true) };
        ChatCompletion answer = await client.CompleteChatAsync([new UserChatMessage("A")], format, TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        JsonNode json = JsonNode.Parse(answer.Content[0].Text)!;
        Assert.True((string?)json["colour"] is "red" or "green", json.ToJsonString());
        Assert.NotNull((bool?)json["sure"]);

        var tool = ChatTool.CreateFunctionTool("go", null, BinaryData.FromString("""{"type":"object","properties":{"far":{"type":"boolean"}},"required":["far"]}"""));
        ChatCompletion call = await client.CompleteChatAsync(
            [new UserChatMessage("A")], new ChatCompletionOptions { Tools = { tool }, ToolChoice = ChatToolChoice.CreateRequiredChoice() }, TestContext.Current.CancellationToken);
        Assert.Equal(("go", ChatFinishReason.ToolCalls), (call.ToolCalls.Single().FunctionName, call.FinishReason));
        Assert.NotNull((bool?)JsonNode.Parse(call.ToolCalls[0].FunctionArguments)!["far"]);
    }

    [Fact]
    public async Task A_model_without_a_template_is_talked_to_in_plain_turns()
    {
        await using RunningServer server = await RunningServer.Start("--model", model.Model);
        ChatCompletion answer = await Client(server, Path.GetFileName(model.Model)).CompleteChatAsync(
            [new UserChatMessage("Hello")], new ChatCompletionOptions { Temperature = 0, MaxOutputTokenCount = 8 }, TestContext.Current.CancellationToken);
        Assert.Equal(Generated("User: Hello\nAssistant:", 8).Split("\nUser:")[0].TrimStart(), answer.Content[0].Text);
    }

    [Fact]
    public async Task The_same_seed_gives_the_same_answer_whatever_else_runs()
    {
        await using RunningServer server = await RunningServer.Start("--model", model.Model, "--max-batch-size", "16");
        using var client = new HttpClient();
        string[] alone = [await Complete(client, server, 0), await Complete(client, server, 1)];
        Assert.NotEqual(alone[0], alone[1]);
        string[] together = await Task.WhenAll(Enumerable.Range(0, Concurrent).Select(number => Complete(client, server, number % 2)));
        Assert.All(together.Index(), answer => Assert.Equal(alone[answer.Index % 2], answer.Item));
    }

    [Fact]
    public async Task Settings_out_of_the_models_range_are_refused_by_name()
    {
        await using RunningServer server = await RunningServer.Start("--model", model.Model, "--context-length", "32", "--max-body-bytes", "4000");
        using var client = new HttpClient();
        Assert.Equal((HttpStatusCode.BadRequest, "logit_bias"), await Refused(client, server, "{\"prompt\":\"a\",\"logit_bias\":{\"100000\":1}}", "param"));
        Assert.Equal((HttpStatusCode.BadRequest, "context_length_exceeded"), await Refused(client, server, $"{{\"prompt\":\"{new string('#', 300)}\"}}", "code"));
        Assert.Equal((HttpStatusCode.BadRequest, "prompt"), await Refused(client, server, "{\"prompt\":[100000]}", "param"));
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "request_too_large"), await Refused(client, server, $"{{\"prompt\":\"{new string('#', 5000)}\"}}", "code"));
    }

    [Fact]
    public async Task A_key_is_asked_for_and_the_end_is_told()
    {
        RunningServer server = await RunningServer.Start("--model", model.Model, "--api-key", "secret-key");
        using var client = new HttpClient();
        Assert.Equal(HttpStatusCode.Unauthorized, (await client.GetAsync($"{server.Address}/models", TestContext.Current.CancellationToken)).StatusCode);
        Cli.Outcome outcome = await server.Stop();
        Assert.Equal((ExitCodes.Done, ""), (outcome.Code, outcome.Output));
        Assert.Contains("draining", outcome.Error);
    }

    [Fact]
    public async Task A_port_that_is_taken_is_named()
    {
        await using RunningServer server = await RunningServer.Start("--model", model.Model);
        string message = Cli.Fail(ExitCodes.Failed, "serve", "--model", model.Model, "--port", $"{server.Address.Port}");
        Assert.Contains($"cannot listen on 127.0.0.1, port {server.Address.Port}", message);
        Assert.EndsWith("Choose another --port or --host.", message);
    }

    [Theory]
    [InlineData("--host", "nowhere", "host is 'nowhere'")]
    [InlineData("--port", "70000", "in [0, 65535]")]
    [InlineData("--max-body-bytes", "0", "use 1 or more")]
    [InlineData("--api-key", " ", "blank")]
    [InlineData("--model-name", " ", "blank")]
    public void Settings_that_are_none_are_misuse(string flag, string value, string expected) =>
        Assert.Contains(expected, Cli.Fail(ExitCodes.Misuse, "serve", "--model", model.Model, flag, value));

    private string Generated(string prompt, int tokens)
    {
        string row = new JsonObject { ["prompt"] = prompt }.ToJsonString();
        return Cli.RunWithInput(row, "generate", "--model", model.Model, "--input", "-", "--greedy", "--max-new-tokens", $"{tokens}", "--json").Rows.Single().GetProperty("text").GetString()!;
    }

    private static ChatClient Client(RunningServer server, string name) =>
        new(name, new ApiKeyCredential("none"), new OpenAIClientOptions { Endpoint = server.Address, RetryPolicy = new ClientRetryPolicy(0) });

    private static async Task<string> Complete(HttpClient client, RunningServer server, int seed)
    {
        using HttpResponseMessage response = await Post(client, server, $"{{\"prompt\":\"The\",\"seed\":{seed},\"max_tokens\":12,\"ignore_eos\":true}}");
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        return (string)JsonNode.Parse(text)!["choices"]![0]!["text"]!;
    }

    private static async Task<(HttpStatusCode Status, string? Value)> Refused(HttpClient client, RunningServer server, string body, string key)
    {
        using HttpResponseMessage response = await Post(client, server, body);
        return (response.StatusCode, (string?)JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]![key]);
    }

    private static Task<HttpResponseMessage> Post(HttpClient client, RunningServer server, string body) =>
        client.PostAsync($"{server.Address}/completions", new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);
}
