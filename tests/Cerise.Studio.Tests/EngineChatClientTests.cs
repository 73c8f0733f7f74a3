using Cerise.Data;
using Cerise.Data.Inference;
using Microsoft.Extensions.AI;

namespace Cerise.Studio.Tests;

public sealed class EngineChatClientTests
{
    private static readonly ChatMessage[] Hello = [new(ChatRole.User, "Hi")];

    [Fact]
    public async Task A_conversation_is_answered_as_over_HTTP()
    {
        await using StudioHost host = await StudioHost.Start("<think>hm</think>Hello");
        using var client = new EngineChatClient(host.Model);
        ChatResponse response = await client.GetResponseAsync(Hello, cancellationToken: TestContext.Current.CancellationToken);
        await host.Chat();
        Assert.Equal("Hello", response.Text);
        Assert.Equal("hm", response.Messages.Single().Contents.OfType<TextReasoningContent>().Single().Text);
        Assert.Equal((ChatFinishReason.Stop, "scripted"), (response.FinishReason, response.ModelId));
        Assert.Equal(host.Engine.PromptOf(1).Length, response.Usage!.InputTokenCount);
        Assert.Equal(host.Engine.PromptOf(0), host.Engine.PromptOf(1));
        Assert.Equal(host.Engine.PromptOf(0).Length, client.CountTokens(Hello));
    }

    [Fact]
    public async Task A_stream_adds_up_to_the_whole()
    {
        var client = new EngineChatClient(Model(new ScriptedEngine("Hello, world")));
        List<ChatResponseUpdate> updates = await client.GetStreamingResponseAsync(Hello, cancellationToken: TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        Assert.Equal("Hello, world", string.Concat(updates.Select(update => update.Text)));
        Assert.True(updates.Count > 10);
        Assert.Equal(ChatFinishReason.Stop, updates[^1].FinishReason);
    }

    [Fact]
    public async Task Options_reach_the_engine_and_the_template()
    {
        var engine = new ScriptedEngine("x");
        ChatTemplate template = Templates.Of("{{ enable_thinking }} {{ reasoning_effort }} {{ messages[0].content }}");
        var client = new EngineChatClient(new ServedModel(engine, new ByteTokenizer(), template));
        await client.GetResponseAsync(Hello, new ChatOptions
        {
            Instructions = "Be brief.",
            Temperature = 0.5f,
            TopP = 0.9f,
            TopK = 3,
            PresencePenalty = 1,
            FrequencyPenalty = 2,
            Seed = 4,
            MaxOutputTokens = 5,
            StopSequences = ["a"],
            Reasoning = new ReasoningOptions { Effort = ReasoningEffort.None },
        }, TestContext.Current.CancellationToken);
        SamplingSettings sampling = engine.Requests.Single().Sampling;
        Assert.Equal((0.5f, 0.9f, 3, 1f, 2f), (sampling.Temperature, sampling.TopP, sampling.TopK, sampling.PresencePenalty, sampling.FrequencyPenalty));
        Assert.Equal((4, 5), (sampling.Seed, sampling.MaxNewTokens));
        Assert.Equal(["a"], sampling.StopStrings);
        Assert.Equal("False none Be brief.", engine.PromptOf(0));
    }

    [Fact]
    public async Task Functions_are_declared_called_and_answered()
    {
        var engine = new ScriptedEngine((request, _) => new ByteTokenizer().Decode([.. request.PromptIds!]).Contains("sunny", StringComparison.Ordinal)
            ? "It is sunny."
            : "<tool_call>\n{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}\n</tool_call>");
        var client = new EngineChatClient(Model(engine));
        var weather = AIFunctionFactory.Create((string city) => $"sunny in {city}", "weather", "Tells the weather.");
        ChatOptions options = new() { Tools = [weather] };
        List<ChatMessage> talk = [.. Hello];
        ChatResponse response = await client.GetResponseAsync(talk, options, TestContext.Current.CancellationToken);
        Assert.Equal(ChatFinishReason.ToolCalls, response.FinishReason);
        FunctionCallContent call = response.Messages.Single().Contents.OfType<FunctionCallContent>().Single();
        Assert.Equal(("weather", "Rome"), (call.Name, call.Arguments!["city"]!.ToString()));
        Assert.Contains("Tells the weather.", engine.PromptOf(0));

        talk.AddRange(response.Messages);
        talk.Add(new ChatMessage(ChatRole.Tool, [new FunctionResultContent(call.CallId, await weather.InvokeAsync(new AIFunctionArguments(call.Arguments), TestContext.Current.CancellationToken))]));
        Assert.Equal("It is sunny.", (await client.GetResponseAsync(talk, options, TestContext.Current.CancellationToken)).Text);
        Assert.Contains($"<tool_call>{call.CallId} {{\"name\": \"weather\", \"arguments\": {{\"city\": \"Rome\"}}}}</tool_call>", engine.PromptOf(1));
        Assert.Contains("sunny in Rome name=weather", engine.PromptOf(1));
    }

    [Fact]
    public async Task Pictures_and_foreign_tools_are_refused()
    {
        var client = new EngineChatClient(Model(new ScriptedEngine("x")));
        ChatMessage picture = new(ChatRole.User, [new DataContent(new byte[] { 1 }, "image/png")]);
        Assert.Equal("messages", (await Assert.ThrowsAsync<RequestException>(() => client.GetResponseAsync([picture], cancellationToken: TestContext.Current.CancellationToken))).Parameter);
        ChatOptions search = new() { Tools = [new HostedWebSearchTool()] };
        Assert.Equal("tools", (await Assert.ThrowsAsync<RequestException>(() => client.GetResponseAsync(Hello, search, TestContext.Current.CancellationToken))).Parameter);
    }

    public static TheoryData<ChatOptions, string> NotKept => new()
    {
        { new() { ConversationId = "c" }, "conversation_id" },
        { new() { ModelId = "other" }, "model" },
        { new() { AdditionalProperties = new() { ["messages"] = 1 } }, "AdditionalProperties" },
        { new() { Tools = [AIFunctionFactory.Create(() => 1, "same"), AIFunctionFactory.Create(() => 2, "same")] }, "tools" },
    };

    [Theory]
    [MemberData(nameof(NotKept), DisableDiscoveryEnumeration = true)]
    public async Task What_cannot_be_kept_to_is_refused_by_name(ChatOptions options, string parameter)
    {
        var client = new EngineChatClient(Model(new ScriptedEngine("x")));
        RequestException fault = await Assert.ThrowsAsync<RequestException>(() => client.GetResponseAsync(Hello, options, TestContext.Current.CancellationToken));
        Assert.Equal(parameter, fault.Parameter);
    }

    [Fact]
    public async Task Settings_at_their_ends_are_those_of_the_server()
    {
        var engine = new ScriptedEngine("x");
        await new EngineChatClient(Model(engine)).GetResponseAsync(
            Hello, new ChatOptions { ModelId = "scripted", Temperature = 1e-6f, TopP = 0, RawRepresentationFactory = _ => null }, TestContext.Current.CancellationToken);
        Assert.Equal((0, 1e-6f), (engine.Requests.Single().Sampling.Temperature, engine.Requests.Single().Sampling.TopP));
    }

    [Fact]
    public async Task Reasoning_is_left_out_where_it_is_not_wanted()
    {
        var client = new EngineChatClient(Model(new ScriptedEngine("<think>hm</think>Yes")));
        ChatResponse shown = await client.GetResponseAsync(Hello, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal("hm", shown.Messages.Single().Contents.OfType<TextReasoningContent>().Single().Text);
        ChatResponse hidden = await client.GetResponseAsync(
            Hello, new ChatOptions { Reasoning = new ReasoningOptions { Output = ReasoningOutput.None } }, TestContext.Current.CancellationToken);
        Assert.Equal("Yes", hidden.Text);
        Assert.Empty(hidden.Messages.Single().Contents.OfType<TextReasoningContent>());
    }

    [Fact]
    public async Task Types_of_code_have_schemas_that_can_be_kept_to()
    {
        var engine = new ScriptedEngine("{}");
        var client = new EngineChatClient(Model(engine));
        await client.GetResponseAsync(Hello, new ChatOptions { ResponseFormat = ChatResponseFormat.ForJsonSchema<Everything>() }, TestContext.Current.CancellationToken);
        Assert.NotNull(engine.Requests.Single().Grammar);
    }

    [Fact]
    public async Task Giving_up_frees_its_place()
    {
        var engine = new ScriptedEngine("Hello") { Gate = cancellation => Task.Delay(Timeout.Infinite, cancellation) };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task<ChatResponse> answer = new EngineChatClient(Model(engine)).GetResponseAsync(Hello, cancellationToken: stop.Token);
        Assert.Equal(1, engine.Running);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        Assert.Equal(0, engine.Running);
    }

    [Fact]
    public void What_lies_behind_it_is_found()
    {
        ServedModel model = Model(new ScriptedEngine("x"));
        var client = new EngineChatClient(model);
        Assert.Same(model, client.GetService(typeof(ServedModel)));
        Assert.Same(client, client.GetService(typeof(IChatClient)));
        Assert.Equal("scripted", ((ChatClientMetadata)client.GetService(typeof(ChatClientMetadata))!).DefaultModelId);
        Assert.Null(client.GetService(typeof(ServedModel), "key"));
    }

    private enum Size
    {
        Small,
        Large,
    }

    private sealed record Everything(
        string Name, [property: System.ComponentModel.DataAnnotations.Range(0, 150)] int Age, [property: System.ComponentModel.DataAnnotations.Range(0.25, 0.75)] double Share, decimal Price,
        Size Kind, DateTimeOffset At, DateOnly Day, Guid Id, Uri? Link, TimeSpan Length, char Letter, byte[] Data, List<int> Sizes, Dictionary<string, long> Counts, Everything? Next);

    private static ServedModel Model(ScriptedEngine engine) => new(engine, new ByteTokenizer(), Templates.ChatMl);
}
