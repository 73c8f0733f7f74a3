using System.Net;
using System.Net.Http.Headers;

namespace Cerise.Studio.Tests.Hosting;

public sealed class ApiKeyTests
{
    [Theory]
    [InlineData(null, HttpStatusCode.Unauthorized)]
    [InlineData("Bearer wrong", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer secret-key-and-more", HttpStatusCode.Unauthorized)]
    [InlineData("Basic secret-key", HttpStatusCode.Unauthorized)]
    [InlineData("Bearer secret-key", HttpStatusCode.OK)]
    [InlineData("bearer secret-key", HttpStatusCode.OK)]
    public async Task Requests_need_the_key(string? header, HttpStatusCode expected)
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("x"), options: new ServerOptions { ApiKey = "secret-key" });
        host.Client.DefaultRequestHeaders.Authorization = header is null ? null : AuthenticationHeaderValue.Parse(header);
        using HttpResponseMessage response = await host.Post("/v1/chat/completions", StudioHost.Request(""));
        Assert.Equal(expected, response.StatusCode);
        if (expected != HttpStatusCode.OK)
            Assert.Equal("invalid_api_key", (string?)(await StudioHost.Json(response))["error"]!["code"]);
    }

    [Fact]
    public async Task Health_needs_no_key_and_figures_do()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("x"), options: new ServerOptions { ApiKey = "secret-key" });
        Assert.Equal(HttpStatusCode.OK, (await host.Client.GetAsync("/health", TestContext.Current.CancellationToken)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await host.Client.GetAsync("/metrics", TestContext.Current.CancellationToken)).StatusCode);
    }

    [Fact]
    public async Task Listening_to_the_world_without_a_key_is_warned_of()
    {
        await using (StudioHost open = await StudioHost.Start(new ScriptedEngine("x"), options: new ServerOptions { Host = "0.0.0.0" }))
            Assert.Contains("without an API key", open.Log);
        await using (StudioHost locked = await StudioHost.Start(new ScriptedEngine("x"), options: new ServerOptions { Host = "0.0.0.0", ApiKey = "secret-key" }))
            Assert.DoesNotContain("without an API key", locked.Log);
        await using (StudioHost local = await StudioHost.Start("x"))
            Assert.DoesNotContain("without an API key", local.Log);
    }

    [Fact]
    public async Task Settings_that_are_none_are_all_named() =>
        Assert.Equal(
            "host is 'nowhere'; use an IP address, localhost, or * for all addresses; port is 70000; use a number in [0, 65535]; the API key is blank; give one of several characters, or none; " +
            "the most bytes of a body is 0; use 1 or more; the timeout of a request is 00:00:00; use more than zero; the most connections is 0; use 1 or more (Parameter 'options')",
            (await Assert.ThrowsAsync<ArgumentException>(() => StudioServer.Start(
                new ServedModel(new ScriptedEngine("x"), new ByteTokenizer(), null),
                new ServerOptions { Host = "nowhere", Port = 70000, ApiKey = " ", MaxBodyBytes = 0, RequestTimeout = TimeSpan.Zero, MaxConnections = 0 },
                TestContext.Current.CancellationToken))).Message);
}
