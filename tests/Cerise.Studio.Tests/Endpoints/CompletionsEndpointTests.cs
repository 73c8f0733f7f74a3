using System.Net;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Tests.Endpoints;

public sealed class CompletionsEndpointTests
{
    private const string Path = "/v1/completions";

    [Fact]
    public async Task A_text_is_gone_on_with()
    {
        await using StudioHost host = await StudioHost.Start(" upon a time");
        JsonNode answer = await Complete(host, "\"prompt\":\"Once\"");
        Assert.Equal("text_completion", (string?)answer["object"]);
        Assert.Equal(" upon a time", (string?)answer["choices"]![0]!["text"]);
        Assert.Equal("stop", (string?)answer["choices"]![0]!["finish_reason"]);
        Assert.Equal(5, (int?)answer["usage"]!["prompt_tokens"]);
        Assert.Equal("<s>Once", host.Engine.PromptOf(0));
    }

    [Theory]
    [InlineData("[\"One\",\"Two\"]", "<s>One|<s>Two")]
    [InlineData("[72,105]", "Hi")]
    [InlineData("[[72,105],[72,111]]", "Hi|Ho")]
    [InlineData("\"\"", "<s>")]
    public async Task Prompts_are_texts_or_ids_one_or_several(string prompt, string expected)
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine((request, sample) => $"{new ByteTokenizer().Decode([.. request.PromptIds!])}-{sample}"));
        string[] prompts = expected.Split('|');
        JsonNode answer = await Complete(host, $"\"prompt\":{prompt},\"n\":2");
        Assert.Equal(
            prompts.SelectMany(text => (string[])[$"{text}-0", $"{text}-1"]), answer["choices"]!.AsArray().Select(choice => (string?)choice!["text"]));
        Assert.Equal(Enumerable.Range(0, prompts.Length * 2), answer["choices"]!.AsArray().Select(choice => (int)choice!["index"]!));
    }

    [Fact]
    public async Task A_completion_has_sixteen_tokens_unless_asked()
    {
        await using StudioHost host = await StudioHost.Start(new string('x', 50));
        JsonNode choice = (await Complete(host, "\"prompt\":\"a\""))["choices"]![0]!;
        Assert.Equal(new string('x', 16), (string?)choice["text"]);
        Assert.Equal("length", (string?)choice["finish_reason"]);
    }

    [Fact]
    public async Task The_prompt_is_echoed_when_asked_and_nothing_more_with_no_tokens()
    {
        await using StudioHost host = await StudioHost.Start(" there");
        Assert.Equal("Hi there", (string?)(await Complete(host, "\"prompt\":\"Hi\",\"echo\":true"))["choices"]![0]!["text"]);
        Assert.Equal("Hi", (string?)(await Complete(host, "\"prompt\":[72,105],\"echo\":true,\"max_tokens\":0"))["choices"]![0]!["text"]);
        Assert.Single(host.Engine.Requests);
    }

    [Fact]
    public async Task A_stream_brings_the_text_and_the_usage()
    {
        await using StudioHost host = await StudioHost.Start(" upon a time");
        JsonNode[] chunks = await Stream(host, "\"prompt\":\"Once\",\"stream_options\":{\"include_usage\":true}");
        Assert.Equal(" upon a time", string.Concat(chunks[..^1].Select(chunk => (string?)chunk["choices"]![0]!["text"])));
        Assert.Equal(13, (int?)chunks[^1]["usage"]!["completion_tokens"]);
        Assert.Equal("stop", (string?)chunks[^2]["choices"]![0]!["finish_reason"]);
    }

    [Fact]
    public async Task Tokens_that_come_together_are_one_event_a_sample()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine((_, sample) => sample == 0 ? "upon a time" : "é") { IsReady = true });
        JsonNode[] choices = [.. (await Stream(host, "\"prompt\":\"Once\",\"n\":2,\"logprobs\":0")).Select(chunk => chunk["choices"]![0]!)];
        Assert.Equal([0, 1], choices.Select(choice => (int)choice["index"]!));
        Assert.Equal(["upon a time", "é"], choices.Select(choice => (string?)choice["text"]));
        Assert.All(choices, choice => Assert.Equal("stop", (string?)choice["finish_reason"]));
        Assert.Equal(["u", "p", "o", "n", " ", "a", " ", "t", "i", "m", "e"], choices[0]["logprobs"]!["tokens"]!.AsArray().Select(token => (string?)token).Take(11));
    }

    [Fact]
    public async Task Log_probabilities_are_lists_side_by_side()
    {
        await using StudioHost host = await StudioHost.Start("aéb");
        JsonNode told = (await Complete(host, "\"prompt\":\"x\",\"logprobs\":2"))["choices"]![0]!["logprobs"]!;
        Assert.Equal(["a", "é", "b"], told["tokens"]!.AsArray().Select(token => (string?)token));
        Assert.Equal([0, 1, 2], told["text_offset"]!.AsArray().Select(offset => (int)offset!));
        Assert.Equal([-0.5f, -0.5f, -0.5f], told["token_logprobs"]!.AsArray().Select(value => (float)value!));
        Assert.Equal(-1.5f, (float?)told["top_logprobs"]![0]!["B"]);
    }

    [Theory]
    [InlineData("\"suffix\":\"x\",\"prompt\":\"a\"", "suffix")]
    [InlineData("\"best_of\":3,\"prompt\":\"a\"", "best_of")]
    [InlineData("\"echo\":true,\"logprobs\":1,\"prompt\":\"a\"", "echo")]
    [InlineData("\"prompt\":[]", "prompt")]
    [InlineData("\"prompt\":[1.5]", "prompt[0]")]
    [InlineData("\"prompt\":[\"a\",1]", "prompt[1]")]
    [InlineData("\"n\":2", "prompt")]
    [InlineData("\"prompt\":{}", "prompt")]
    public async Task What_cannot_be_done_is_refused_by_name(string fields, string parameter)
    {
        await using StudioHost host = await StudioHost.Start("x");
        Assert.Equal(parameter, (string?)(await host.Refused(HttpStatusCode.BadRequest, $"{{{fields}}}", Path))["param"]);
    }

    private static async Task<JsonNode[]> Stream(StudioHost host, string fields)
    {
        using HttpResponseMessage response = await host.Post(Path, "{\"stream\":true," + fields + "}");
        string[] events = (await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal("data: [DONE]", events[^1]);
        return [.. events[..^1].Select(line => JsonNode.Parse(line["data: ".Length..])!)];
    }

    private static async Task<JsonNode> Complete(StudioHost host, string fields)
    {
        using HttpResponseMessage response = await host.Post(Path, $"{{{fields}}}");
        JsonNode node = await StudioHost.Json(response);
        Assert.True(response.IsSuccessStatusCode, node.ToJsonString());
        return node;
    }
}
