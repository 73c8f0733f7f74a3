using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Cerise.Data;

namespace Cerise.Studio.Tests;

/// <summary>A server on a free loopback port, and a client for it.</summary>
internal sealed class StudioHost : IAsyncDisposable
{
    private readonly StringWriter _log = new();

    private StudioHost(ScriptedEngine engine, ServedModel model, StudioServer server, StringWriter log)
    {
        (Engine, Model, Server, _log) = (engine, model, server, log);
        Client = new HttpClient { BaseAddress = server.Address };
    }

    public ScriptedEngine Engine { get; }

    public ServedModel Model { get; }

    public StudioServer Server { get; }

    public HttpClient Client { get; }

    public string Log => _log.ToString();

    public static Task<StudioHost> Start(string answer, ChatTemplate? template = null) => Start(new ScriptedEngine(answer), template);

    public static async Task<StudioHost> Start(ScriptedEngine engine, ChatTemplate? template = null, ServerOptions? options = null)
    {
        var log = new StringWriter();
        var model = new ServedModel(engine, new ByteTokenizer(), template ?? Templates.ChatMl);
        StudioServer server = await StudioServer.Start(model, (options ?? new ServerOptions()) with { Port = 0, Log = TextWriter.Synchronized(log) }, TestContext.Current.CancellationToken);
        return new StudioHost(engine, model, server, log);
    }

    /// <summary>Posts JSON.</summary>
    public Task<HttpResponseMessage> Post(string path, string json) => Post(path, new StringContent(json, Encoding.UTF8, "application/json"));

    public Task<HttpResponseMessage> Post(string path, HttpContent content) =>
        Client.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);

    /// <summary>Posts a conversation of one user message, with more fields.</summary>
    public async Task<JsonNode> Chat(string more = "", string path = "/v1/chat/completions")
    {
        using HttpResponseMessage response = await Post(path, Request(more));
        JsonNode node = await Json(response);
        Assert.True(response.IsSuccessStatusCode, node.ToJsonString());
        return node;
    }

    /// <summary>Posts what must be refused.</summary>
    public async Task<JsonNode> Refused(HttpStatusCode status, string body, string path = "/v1/chat/completions")
    {
        using HttpResponseMessage response = await Post(path, body);
        JsonNode node = await Json(response);
        Assert.True(response.StatusCode == status, $"{response.StatusCode}: {node.ToJsonString()}");
        return node["error"]!;
    }

    /// <summary>Posts a conversation for a stream, and returns its chunks; the last event must be [DONE].</summary>
    public async Task<JsonNode[]> Stream(string more = "", string path = "/v1/chat/completions")
    {
        using HttpResponseMessage response = await Post(path, Request("\"stream\":true" + (more.Length > 0 ? "," + more : "")));
        string text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, text);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType!.MediaType);
        string[] events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.All(events, line => Assert.StartsWith("data: ", line));
        Assert.Equal("data: [DONE]", events[^1]);
        return [.. events[..^1].Select(line => JsonNode.Parse(line["data: ".Length..])!)];
    }

    public static string Request(string more) => "{\"messages\":[{\"role\":\"user\",\"content\":\"Hi\"}]" + (more.Length > 0 ? "," + more : "") + "}";

    public static async Task<JsonNode> Json(HttpResponseMessage response) =>
        JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
