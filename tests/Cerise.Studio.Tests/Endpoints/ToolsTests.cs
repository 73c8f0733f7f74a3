using System.Net;
using System.Text.Json.Nodes;
using Cerise.Data;

namespace Cerise.Studio.Tests.Endpoints;

/// <summary>Tool calls over HTTP, there and back.</summary>
public sealed class ToolsTests
{
    private const string Tools = """
        "tools":[{"type":"function","function":{"name":"weather","description":"Tells it.","parameters":{"type":"object","properties":{"city":{"type":"string"}}},"strict":true}}]
        """;

    private const string TwoCalls = """
        Let me look.
        <tool_call>
        {"name": "weather", "arguments": {"city": "Rome"}}
        </tool_call>
        <tool_call>
        {"name": "weather", "arguments": {"city": "Oslo"}}
        </tool_call>
        """;

    [Fact]
    public async Task Calls_are_parted_from_content()
    {
        await using StudioHost host = await StudioHost.Start(TwoCalls);
        JsonNode choice = (await host.Chat(Tools))["choices"]![0]!;
        Assert.Equal("tool_calls", (string?)choice["finish_reason"]);
        Assert.Equal("Let me look.", (string?)choice["message"]!["content"]);
        JsonArray calls = choice["message"]!["tool_calls"]!.AsArray();
        Assert.Equal(["{\"city\": \"Rome\"}", "{\"city\": \"Oslo\"}"], calls.Select(call => (string?)call!["function"]!["arguments"]));
        Assert.All(calls, call => Assert.Equal(("function", "weather"), ((string?)call!["type"], (string?)call["function"]!["name"])));
        Assert.Equal(2, calls.Select(call => (string?)call!["id"]).Distinct().Count());
    }

    [Fact]
    public async Task Calls_are_streamed_with_their_arguments_in_pieces()
    {
        await using StudioHost host = await StudioHost.Start(TwoCalls);
        JsonNode whole = (await host.Chat(Tools))["choices"]![0]!["message"]!;
        JsonNode[] chunks = await host.Stream(Tools);
        JsonNode[] calls = [.. chunks.Select(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?[0]).OfType<JsonNode>()];
        Assert.True(calls.Length > 10);
        for (int index = 0; index < 2; index++)
        {
            JsonNode[] own = [.. calls.Where(call => (int?)call["index"] == index)];
            Assert.Equal((string?)whole["tool_calls"]![index]!["id"], (string?)own[0]["id"]);
            Assert.Equal("weather", (string?)own[0]["function"]!["name"]);
            Assert.All(own[1..], call => Assert.Null(call["id"]));
            Assert.Equal((string?)whole["tool_calls"]![index]!["function"]!["arguments"], string.Concat(own.Select(call => (string?)call["function"]!["arguments"])));
        }
        Assert.Equal("tool_calls", (string?)chunks[^1]["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task The_template_sees_tools_calls_and_answers()
    {
        await using StudioHost host = await StudioHost.Start("Fine.");
        using HttpResponseMessage response = await host.Post("/v1/chat/completions", "{" + Tools + """
            ,"messages":[
                {"role":"developer","content":[{"type":"text","text":"Be "},{"type":"text","text":"brief."}]},
                {"role":"user","content":"Rome?"},
                {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function","function":{"name":"weather","arguments":"{\"city\": \"Rome\"}"}}]},
                {"role":"tool","tool_call_id":"c1","content":"sunny"}]}
            """);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        string prompt = host.Engine.PromptOf(0);
        Assert.Contains("tools [{\"type\": \"function\", \"function\": {\"name\": \"weather\", \"description\": \"Tells it.\", \"parameters\": {", prompt);
        Assert.DoesNotContain("strict", prompt);
        Assert.Contains("<|im_start|>system\nBe brief.<|im_end|>", prompt);
        Assert.Contains("<tool_call>c1 {\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}</tool_call>", prompt);
        Assert.Contains("<|im_start|>tool\nsunny name=weather<|im_end|>", prompt);
    }

    [Fact]
    public async Task Without_tools_or_with_none_chosen_nothing_is_a_call()
    {
        await using StudioHost host = await StudioHost.Start(TwoCalls);
        Assert.Equal(TwoCalls, (string?)(await host.Chat())["choices"]![0]!["message"]!["content"]);
        Assert.Equal(TwoCalls, (string?)(await host.Chat(Tools + ",\"tool_choice\":\"none\""))["choices"]![0]!["message"]!["content"]);
        Assert.DoesNotContain("weather", host.Engine.PromptOf(1));
    }

    [Fact]
    public async Task Only_the_first_call_is_given_where_parallel_ones_are_not_wanted()
    {
        await using StudioHost host = await StudioHost.Start(TwoCalls);
        JsonNode message = (await host.Chat(Tools + ",\"parallel_tool_calls\":false"))["choices"]![0]!["message"]!;
        Assert.Equal("{\"city\": \"Rome\"}", (string?)message["tool_calls"]!.AsArray().Single()!["function"]!["arguments"]);
    }

    [Fact]
    public async Task Ids_of_calls_are_those_the_template_can_take_and_the_same_for_the_same_request()
    {
        await using StudioHost host = await StudioHost.Start("[TOOL_CALLS][{\"name\":\"weather\",\"arguments\":{}}]", Templates.Of("{{ tools }}[TOOL_CALLS]"));
        string first = (string)(await host.Chat(Tools))["choices"]![0]!["message"]!["tool_calls"]![0]!["id"]!;
        Assert.Matches("^[0-9a-zA-Z]{9}$", first);
        Assert.Equal(first, (string?)(await host.Chat(Tools))["choices"]![0]!["message"]!["tool_calls"]![0]!["id"]);
        Assert.False(host.Engine.Requests[0].SkipSpecialTokens);
    }

    [Theory]
    [InlineData("\"required\"")]
    [InlineData("{\"type\":\"function\",\"function\":{\"name\":\"weather\"}}")]
    public async Task A_call_that_must_be_is_begun_for_the_model_and_held_to_its_schema(string choice)
    {
        await using StudioHost host = await StudioHost.Start("{\"name\": \"weather\", \"arguments\": {\"city\": \"Rome\"}}");
        JsonNode answer = (await host.Chat($"{Tools},\"tool_choice\":{choice}"))["choices"]![0]!;
        Assert.Equal("tool_calls", (string?)answer["finish_reason"]);
        Assert.Null(answer["message"]!["content"]);
        Assert.Equal("{\"city\": \"Rome\"}", (string?)answer["message"]!["tool_calls"]!.AsArray().Single()!["function"]!["arguments"]);
        Assert.EndsWith("<|im_start|>assistant\n<tool_call>\n", host.Engine.PromptOf(0));
        Assert.NotNull(host.Engine.Requests[0].Grammar);
    }

    [Fact]
    public async Task A_template_without_a_place_for_tools_is_said_to_have_none()
    {
        await using StudioHost host = await StudioHost.Start("x", Templates.Of("{{ messages[0].content }}"));
        Assert.Equal("tools", (string?)(await host.Refused(HttpStatusCode.UnprocessableEntity, StudioHost.Request(Tools)))["param"]);
    }

    [Fact]
    public async Task A_conversation_that_the_template_refuses_is_told_in_its_words()
    {
        await using StudioHost host = await StudioHost.Start("x", Templates.Of("{{ raise_exception('roles must alternate') }}"));
        JsonNode error = await host.Refused(HttpStatusCode.UnprocessableEntity, StudioHost.Request(""));
        Assert.Equal("the model's chat template refuses this conversation: roles must alternate", (string?)error["message"]);
    }

    [Fact]
    public async Task A_template_that_fails_is_told_without_where_its_file_lies()
    {
        await using StudioHost host = await StudioHost.Start("x", ChatTemplate.Parse("a\n{{ 'x' + messages[0].none }}", "/home/someone/template.jinja"));
        string message = (string)(await host.Refused(HttpStatusCode.UnprocessableEntity, StudioHost.Request("")))["message"]!;
        Assert.StartsWith("the model's chat template cannot write this conversation: line 2, column ", message);
        Assert.DoesNotContain("someone", message);
    }
}
