using System.Net;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Tests.Endpoints;

public sealed class ModelsEndpointTests
{
    [Fact]
    public async Task The_model_is_listed_and_found_by_its_name()
    {
        await using StudioHost host = await StudioHost.Start("x");
        JsonNode list = await Get(host, "/v1/models");
        Assert.Equal("list", (string?)list["object"]);
        JsonNode model = list["data"]!.AsArray().Single()!;
        Assert.Equal(("scripted", "model"), ((string?)model["id"], (string?)model["object"]));
        Assert.Equal(model.ToJsonString(), (await Get(host, "/v1/models/scripted")).ToJsonString());
    }

    [Theory]
    [InlineData("/v1/models/maker/model")]
    [InlineData("/v1/models/maker%2Fmodel")]
    [InlineData("/v1/models/maker%2fmodel")]
    public async Task A_name_with_a_slash_is_found_however_it_is_written(string path)
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("x") { ModelName = "maker/model" });
        Assert.Equal("maker/model", (string?)(await Get(host, path))["id"]);
    }

    [Theory]
    [InlineData("/health")]
    [InlineData("/metrics")]
    [InlineData("/v1/models")]
    public async Task What_can_be_got_can_be_asked_about(string path)
    {
        await using StudioHost host = await StudioHost.Start("x");
        using var request = new HttpRequestMessage(HttpMethod.Head, path);
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Empty(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Another_model_is_not_found()
    {
        await using StudioHost host = await StudioHost.Start("x");
        HttpResponseMessage response = await host.Client.GetAsync("/v1/models/some/other", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Contains("'some/other'", (string?)(await StudioHost.Json(response))["error"]!["message"]);
    }

    [Fact]
    public async Task Health_says_ready()
    {
        await using StudioHost host = await StudioHost.Start("x");
        Assert.Equal("ready", (string?)(await Get(host, "/health"))["status"]);
    }

    [Fact]
    public async Task Figures_count_requests_tokens_and_times()
    {
        await using StudioHost host = await StudioHost.Start("Hello");
        await host.Chat();
        await host.Refused(HttpStatusCode.BadRequest, "{}");
        string text = await host.Client.GetStringAsync("/metrics", TestContext.Current.CancellationToken);
        string[] lines = text.Split('\n');
        Assert.Contains("cerise_http_requests_total{route=\"/v1/chat/completions\",status=\"200\"} 1", lines);
        Assert.Contains("cerise_http_requests_total{route=\"/v1/chat/completions\",status=\"400\"} 1", lines);
        Assert.Contains("cerise_completion_tokens_total 6", lines);
        Assert.Contains("cerise_time_to_first_token_seconds_count 1", lines);
        Assert.Contains("cerise_time_per_token_seconds_count 1", lines);
        Assert.Contains("cerise_engine_running 0", lines);
        Assert.Contains("cerise_draining 0", lines);
    }

    private static async Task<JsonNode> Get(StudioHost host, string path) =>
        JsonNode.Parse(await host.Client.GetStringAsync(path, TestContext.Current.CancellationToken))!;
}
