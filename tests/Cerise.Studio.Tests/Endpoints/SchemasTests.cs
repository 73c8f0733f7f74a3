using System.Net;
using System.Text.Json.Nodes;
using Cerise.Data.Inference;

namespace Cerise.Studio.Tests.Endpoints;

/// <summary>Answers held to JSON.</summary>
public sealed class SchemasTests
{
    private const string Schema = "\"response_format\":{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"a\",\"strict\":true,\"schema\":{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"integer\"}}}}}";

    [Theory]
    [InlineData(Schema, true)]
    [InlineData("\"response_format\":{\"type\":\"json_object\"}", true)]
    [InlineData("\"response_format\":{\"type\":\"text\"}", false)]
    public async Task The_engine_is_given_the_grammar(string format, bool held)
    {
        await using StudioHost host = await StudioHost.Start("{\"a\": 1}");
        Assert.Equal("{\"a\": 1}", (string?)(await host.Chat(format))["choices"]![0]!["message"]!["content"]);
        Assert.Equal(held, host.Engine.Requests.Single().Grammar is not null);
    }

    [Fact]
    public async Task The_same_schema_is_the_same_grammar()
    {
        await using StudioHost host = await StudioHost.Start("{}");
        await host.Chat(Schema);
        await host.Chat(Schema);
        Assert.Same(host.Engine.Requests[0].Grammar, host.Engine.Requests[1].Grammar);
    }

    [Fact]
    public async Task Reasoning_that_the_prompt_opens_is_free_and_only_the_answer_held()
    {
        var engine = new ScriptedEngine((request, _) => request.Grammar is null ? $"Hm {request.Sampling.Seed}.\n</think>\n\nnever read" : "{\"a\": 1}");
        await using StudioHost host = await StudioHost.Start(engine, Templates.Thinking);
        JsonNode answer = await host.Chat(Schema + ",\"n\":2,\"seed\":7,\"max_tokens\":40");
        JsonNode[] messages = [.. answer["choices"]!.AsArray().Select(choice => choice!["message"]!)];
        Assert.Equal(["{\"a\": 1}", "{\"a\": 1}"], messages.Select(message => (string?)message["content"]));
        Assert.Equal(["Hm 7.", "Hm 8."], messages.Select(message => (string?)message["reasoning_content"]));
        EngineRequest[] second = [.. engine.Requests.Where(request => request.Grammar is not null)];
        Assert.Equal(2, second.Length);
        Assert.Contains("<think>\nHm 7.\n</think>\n\n", second.Select(request => new ByteTokenizer().Decode([.. request.PromptIds!])).Order(StringComparer.Ordinal).First());
        Assert.All(second, request => Assert.Equal(40 - "Hm 7.\n</think>".Length, request.Sampling.MaxNewTokens));
        JsonNode[] chunks = await host.Stream(Schema + ",\"seed\":7");
        Assert.Equal("{\"a\": 1}", string.Concat(chunks.Select(chunk => (string?)chunk["choices"]![0]!["delta"]!["content"])));
    }

    [Fact]
    public async Task Reasoning_that_uses_up_the_tokens_ends_the_answer()
    {
        await using StudioHost host = await StudioHost.Start("Hm.\n</think>", Templates.Thinking);
        JsonNode choice = (await host.Chat(Schema + ",\"max_tokens\":12"))["choices"]![0]!;
        Assert.Equal(("length", ""), ((string?)choice["finish_reason"], (string?)choice["message"]!["content"]));
    }

    [Fact]
    public async Task A_schema_that_cannot_be_kept_to_is_refused_with_its_place()
    {
        await using StudioHost host = await StudioHost.Start("x");
        JsonNode error = await host.Refused(HttpStatusCode.BadRequest, StudioHost.Request(Schema.Replace("\"integer\"", "\"wizard\"")));
        Assert.Equal(("response_format", "invalid_schema"), ((string?)error["param"], (string?)error["code"]));
        Assert.Contains("#/properties/a", (string?)error["message"]);
    }
}
