using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json;
using OpenAI;
using OpenAI.Chat;
using OpenAI.Models;

namespace Cerise.Studio.Tests.OfficialClients;

/// <summary>OpenAI's client for .NET against the server.</summary>
public sealed class NuGetClientTests
{
    private static readonly ChatTool Weather = ChatTool.CreateFunctionTool(
        "weather", "Tells the weather.", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}"""));

    [Fact]
    public async Task Chat_is_answered_whole_with_its_usage()
    {
        await using StudioHost host = await OfficialServer.Start();
        ChatCompletion answer = await Client(host).CompleteChatAsync([new UserChatMessage("say hello")], cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("Hello, world", answer.Content[0].Text);
        Assert.Equal(ChatFinishReason.Stop, answer.FinishReason);
        Assert.Equal(answer.Usage.InputTokenCount + answer.Usage.OutputTokenCount, answer.Usage.TotalTokenCount);
    }

    [Fact]
    public async Task A_stream_adds_up()
    {
        await using StudioHost host = await OfficialServer.Start();
        string text = "";
        ChatTokenUsage? usage = null;
        await foreach (StreamingChatCompletionUpdate update in Client(host).CompleteChatStreamingAsync([new UserChatMessage("say hello")], cancellationToken: TestContext.Current.CancellationToken))
        {
            text += string.Concat(update.ContentUpdate.Select(part => part.Text));
            usage = update.Usage ?? usage;
        }
        Assert.Equal("Hello, world", text);
        Assert.Equal(13, usage!.OutputTokenCount);
    }

    [Fact]
    public async Task Stop_sequences_limits_and_log_probabilities_are_kept_to()
    {
        await using StudioHost host = await OfficialServer.Start();
        ChatCompletionOptions stop = new() { StopSequences = { ", " } };
        Assert.Equal("Hello", (await Complete(host, "say hello", stop)).Content[0].Text);
        ChatCompletionOptions told = new() { IncludeLogProbabilities = true, TopLogProbabilityCount = 2, MaxOutputTokenCount = 4 };
        ChatCompletion answer = await Complete(host, "say hello", told);
        Assert.Equal(ChatFinishReason.Length, answer.FinishReason);
        Assert.Equal("Hell", string.Concat(answer.ContentTokenLogProbabilities.Select(token => token.Token)));
        Assert.Equal(2, answer.ContentTokenLogProbabilities[0].TopLogProbabilities.Count);
    }

    [Fact]
    public async Task Tools_are_called_and_answered()
    {
        await using StudioHost host = await OfficialServer.Start();
        ChatCompletionOptions options = new() { Tools = { Weather } };
        List<ChatMessage> talk = [new UserChatMessage("what is the weather")];
        ChatCompletion call = await Client(host).CompleteChatAsync(talk, options, TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinishReason.ToolCalls, call.FinishReason);
        Assert.Equal("Rome", JsonDocument.Parse(call.ToolCalls[0].FunctionArguments).RootElement.GetProperty("city").GetString());
        talk.Add(new AssistantChatMessage(call));
        talk.Add(new ToolChatMessage(call.ToolCalls[0].Id, "sunny"));
        ChatCompletion answer = await Client(host).CompleteChatAsync(talk, options, TestContext.Current.CancellationToken);
        Assert.Equal("It is sunny.", answer.Content[0].Text);
    }

    [Fact]
    public async Task A_tool_that_is_named_is_called_and_a_schema_kept_to()
    {
        await using StudioHost host = await OfficialServer.Start();
        ChatCompletion call = await Complete(host, "say json", new ChatCompletionOptions { Tools = { Weather }, ToolChoice = ChatToolChoice.CreateFunctionChoice("weather") });
        Assert.Equal("{\"city\": \"Oslo\"}", call.ToolCalls[0].FunctionArguments.ToString());
        BinaryData schema = BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}""");
        ChatCompletion answer = await Complete(host, "say json", new ChatCompletionOptions { ResponseFormat = ChatResponseFormat.CreateJsonSchemaFormat("answer", schema, jsonSchemaIsStrict: true) });
        Assert.Equal("Oslo", JsonDocument.Parse(answer.Content[0].Text).RootElement.GetProperty("city").GetString());
    }

    [Fact]
    public async Task Models_are_listed()
    {
        await using StudioHost host = await OfficialServer.Start();
        var client = new OpenAIModelClient(new ApiKeyCredential(OfficialServer.Key), Options(host));
        Assert.Equal("scripted", (await client.GetModelsAsync(TestContext.Current.CancellationToken)).Value.Single().Id);
    }

    [Theory]
    [InlineData("be too busy", 429)]
    [InlineData("fail", 500)]
    public async Task Faults_have_their_status(string prompt, int status)
    {
        await using StudioHost host = await OfficialServer.Start();
        Assert.Equal(status, (await Assert.ThrowsAsync<ClientResultException>(() => Complete(host, prompt, new()))).Status);
    }

    [Fact]
    public async Task A_wrong_key_is_refused()
    {
        await using StudioHost host = await OfficialServer.Start();
        var client = new ChatClient("scripted", new ApiKeyCredential("wrong"), Options(host));
        Assert.Equal(401, (await Assert.ThrowsAsync<ClientResultException>(() => client.CompleteChatAsync(new UserChatMessage("say hello")))).Status);
    }

    private static async Task<ChatCompletion> Complete(StudioHost host, string prompt, ChatCompletionOptions options) =>
        await Client(host).CompleteChatAsync([new UserChatMessage(prompt)], options, TestContext.Current.CancellationToken);

    private static ChatClient Client(StudioHost host) => new("scripted", new ApiKeyCredential(OfficialServer.Key), Options(host));

    private static OpenAIClientOptions Options(StudioHost host) => new() { Endpoint = new Uri(host.Server.Address, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
}
