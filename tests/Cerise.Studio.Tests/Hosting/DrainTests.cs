using System.Net;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Tests.Hosting;

public sealed class DrainTests
{
    [Fact]
    public async Task Answers_under_way_are_finished_and_new_requests_refused()
    {
        var gate = new TaskCompletionSource();
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("Hello") { Gate = _ => gate.Task });
        using HttpResponseMessage response = await host.Post("/v1/chat/completions", StudioHost.Request("\"stream\":true"));
        Task drained = host.Server.Drain(TestContext.Current.CancellationToken);
        Assert.Equal("shutting_down", (string?)(await host.Refused(HttpStatusCode.ServiceUnavailable, StudioHost.Request("")))["code"]);
        HttpResponseMessage health = await host.Client.GetAsync("/health", TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "draining"), (health.StatusCode, (string?)(await StudioHost.Json(health))["status"]));
        Assert.False(drained.IsCompleted);
        gate.SetResult();
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.EndsWith("data: [DONE]\n\n", text);
        await drained;
    }

    [Fact]
    public async Task Draining_that_is_given_up_ends_answers_with_an_error()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("Hello") { Gate = cancellation => Task.Delay(Timeout.Infinite, cancellation) });
        using HttpResponseMessage response = await host.Post("/v1/chat/completions", StudioHost.Request("\"stream\":true"));
        using var abort = new CancellationTokenSource();
        Task drained = host.Server.Drain(abort.Token);
        await abort.CancelAsync();
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.Equal("shutting_down", (string?)JsonNode.Parse(text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)[^1]["data: ".Length..])!["error"]!["code"]);
        await drained;
    }

    [Fact]
    public async Task A_server_without_requests_drains_at_once()
    {
        await using StudioHost host = await StudioHost.Start("x");
        await host.Server.Drain(TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<HttpRequestException>(() => host.Client.GetAsync("/health", TestContext.Current.CancellationToken));
    }
}
