using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Cerise.Studio.Tests.Hosting;

/// <summary>Bodies and requests that are wrong, on purpose or not.</summary>
public sealed class LimitsTests
{
    private const string Path = "/v1/chat/completions";

    public static TheoryData<string, string> Malformed => new()
    {
        { "", "no body" },
        { "{", "line 1" },
        { "[]", "not a JSON object" },
        { "{\"messages\":[]} x", "not valid JSON" },
        { "{\"a\":1,\"a\":2}", "twice" },
        { "{\"a\":\"\\ud800\"}", "surrogate" },
        { "{\"\\udc00\":1}", "surrogate" },
        { new string('[', 100_000), "deeper than" },
        { string.Concat(Enumerable.Repeat("{\"a\":", 50_000)), "deeper than" },
        { "{\"a\":[" + string.Join(',', Enumerable.Repeat("[]", 600_000)) + "]}", "more than 500000 values" },
        { "{\"messages\":NaN}", "not valid JSON" },
    };

    public static TheoryData<string, string> Wrong => new()
    {
        { "{}", "messages" },
        { "{\"messages\":{}}", "messages" },
        { "{\"messages\":[]}", "messages" },
        { "{\"messages\":[1]}", "messages[0]" },
        { "{\"messages\":[{\"content\":\"x\"}]}", "messages[0].role" },
        { "{\"messages\":[{\"role\":\"wizard\",\"content\":\"x\"}]}", "messages[0].role" },
        { "{\"messages\":[{\"role\":\"user\"}]}", "messages[0].content" },
        { "{\"messages\":[{\"role\":\"user\",\"content\":5}]}", "messages[0].content" },
        { "{\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"image_url\"}]}]}", "messages[0].content[0].type" },
        { "{\"messages\":[{\"role\":\"tool\",\"content\":\"x\"}]}", "messages[0].tool_call_id" },
        { "{\"messages\":[{\"role\":\"assistant\"}]}", "messages[0].content" },
        { "{\"messages\":[{\"role\":\"assistant\",\"tool_calls\":[{}]}]}", "messages[0].tool_calls[0].function" },
        { StudioHost.Request("\"temperature\":3"), "temperature" },
        { StudioHost.Request("\"temperature\":\"hot\""), "temperature" },
        { StudioHost.Request("\"temperature\":1e999"), "temperature" },
        { StudioHost.Request("\"top_p\":-1"), "top_p" },
        { StudioHost.Request("\"n\":0"), "n" },
        { StudioHost.Request("\"n\":1.5"), "n" },
        { StudioHost.Request("\"n\":99999999999999999999"), "n" },
        { StudioHost.Request("\"max_tokens\":0"), "max_tokens" },
        { StudioHost.Request("\"stream\":\"yes\""), "stream" },
        { StudioHost.Request("\"stream_options\":{}"), "stream_options" },
        { StudioHost.Request("\"stream\":true,\"stream_options\":{\"x\":1}"), "stream_options.x" },
        { StudioHost.Request("\"stop\":[\"a\",\"b\",\"c\",\"d\",\"e\"]"), "stop" },
        { StudioHost.Request("\"stop\":\"\""), "stop" },
        { StudioHost.Request("\"stop\":[1]"), "stop[0]" },
        { StudioHost.Request("\"logit_bias\":{\"a\":1}"), "logit_bias" },
        { StudioHost.Request("\"logit_bias\":{\"1\":101}"), "logit_bias" },
        { StudioHost.Request("\"top_logprobs\":3"), "top_logprobs" },
        { StudioHost.Request("\"logprobs\":true,\"top_logprobs\":21"), "top_logprobs" },
        { StudioHost.Request("\"tool_choice\":\"required\""), "tool_choice" },
        { StudioHost.Request("\"tools\":[{\"type\":\"retrieval\"}]"), "tools[0].type" },
        { StudioHost.Request("\"tools\":[{\"type\":\"function\"}]"), "tools[0].function" },
        { StudioHost.Request("\"functions\":[]"), "functions" },
        { StudioHost.Request("\"response_format\":{\"type\":\"xml\"}"), "response_format.type" },
        { StudioHost.Request("\"response_format\":{\"type\":\"json_schema\"}"), "response_format.json_schema" },
        { StudioHost.Request("\"modalities\":[\"audio\"]"), "modalities" },
        { StudioHost.Request("\"chat_template_kwargs\":{\"messages\":[]}"), "chat_template_kwargs" },
        { StudioHost.Request("\"temprature\":1"), "temprature" },
    };

    [Theory]
    [MemberData(nameof(Malformed), DisableDiscoveryEnumeration = true)]
    public async Task A_body_that_is_no_JSON_is_refused(string body, string expected)
    {
        await using StudioHost host = await StudioHost.Start("x");
        Assert.Contains(expected, (string?)(await host.Refused(HttpStatusCode.BadRequest, body))["message"]);
        Assert.Empty(host.Engine.Requests);
    }

    [Fact]
    public async Task A_body_that_is_no_UTF_8_is_refused()
    {
        await using StudioHost host = await StudioHost.Start("x");
        var content = new ByteArrayContent([.. "{\"messages\":\""u8, 0xFF, 0xC0, .. "\"}"u8]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await host.Post(Path, content);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("UTF-8", (string?)(await StudioHost.Json(response))["error"]!["message"]);
    }

    [Fact]
    public async Task A_body_may_begin_with_a_byte_order_mark()
    {
        await using StudioHost host = await StudioHost.Start("x");
        var content = new ByteArrayContent([0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(StudioHost.Request(""))]);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using HttpResponseMessage response = await host.Post(Path, content);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Theory]
    [InlineData("\"seed\":18446744073709551616", "seed is a number too large; use an integer in [-9223372036854775808, 9223372036854775807].")]
    [InlineData("\"temperature\":1e999", "temperature is a number too large; use a number in [0, 2].")]
    [InlineData("\"n\":1.5", "n is a number with a fraction; use an integer in [1, 128].")]
    public async Task A_number_that_cannot_be_taken_is_said_to_be_too_large_or_broken(string field, string expected)
    {
        await using StudioHost host = await StudioHost.Start("x");
        Assert.Equal(expected, (string?)(await host.Refused(HttpStatusCode.BadRequest, StudioHost.Request(field)))["message"]);
    }

    [Theory]
    [MemberData(nameof(Wrong), DisableDiscoveryEnumeration = true)]
    public async Task A_field_that_is_wrong_is_named(string body, string parameter)
    {
        await using StudioHost host = await StudioHost.Start("x");
        JsonNode error = await host.Refused(HttpStatusCode.BadRequest, body);
        Assert.Equal(parameter, (string?)error["param"]);
        Assert.Equal("invalid_request_error", (string?)error["type"]);
        Assert.True(((string)error["message"]!).Length < 300);
        Assert.Empty(host.Engine.Requests);
    }

    [Fact]
    public async Task Harmless_fields_and_nulls_are_passed_over()
    {
        await using StudioHost host = await StudioHost.Start("x");
        await host.Chat("\"user\":\"u\",\"metadata\":{\"a\":\"b\"},\"store\":true,\"service_tier\":\"auto\",\"stop\":null,\"tools\":null,\"temprature\":null");
    }

    [Fact]
    public async Task A_body_beyond_the_limit_is_413_whether_its_length_was_told_or_not()
    {
        await using StudioHost host = await StudioHost.Start(new ScriptedEngine("x"), options: new ServerOptions { MaxBodyBytes = 1000 });
        string body = StudioHost.Request($"\"user\":\"{new string('x', 2000)}\"");
        await host.Refused(HttpStatusCode.RequestEntityTooLarge, body);
        using var request = new HttpRequestMessage(HttpMethod.Post, Path) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage response = await host.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
    }

    [Fact]
    public async Task A_form_is_refused_with_the_header_to_send()
    {
        await using StudioHost host = await StudioHost.Start("x");
        using HttpResponseMessage response = await host.Post(Path, new StringContent("{}", Encoding.UTF8, "text/plain"));
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("Content-Type: application/json", (string?)(await StudioHost.Json(response))["error"]!["message"]);
    }

    [Fact]
    public async Task Unknown_paths_and_methods_have_errors_in_the_same_shape()
    {
        await using StudioHost host = await StudioHost.Start("x");
        Assert.Equal("unknown_url", (string?)(await host.Refused(HttpStatusCode.NotFound, "{}", "/v1/embeddings"))["code"]);
        JsonNode error = await host.Refused(HttpStatusCode.MethodNotAllowed, "{}", "/v1/models");
        Assert.Contains("it takes GET", (string?)error["message"]);
    }

    [Fact]
    public async Task What_is_no_HTTP_is_answered_and_the_server_goes_on()
    {
        await using StudioHost host = await StudioHost.Start("x");
        foreach (string garbage in (string[])["\0\0\0\0\r\n\r\n", "GET\r\n\r\n", "POST /v1/chat/completions HTTP/1.1\r\nContent-Length: -1\r\n\r\n", "POST / HTTP/9.9\r\n\r\n"])
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(host.Server.Address.Host, host.Server.Address.Port, TestContext.Current.CancellationToken);
            await socket.GetStream().WriteAsync(Encoding.ASCII.GetBytes(garbage), TestContext.Current.CancellationToken);
            byte[] answer = new byte[64];
            int read = await socket.GetStream().ReadAtLeastAsync(answer, 12, throwOnEndOfStream: false, TestContext.Current.CancellationToken);
            Assert.StartsWith("HTTP/1.1 ", Encoding.ASCII.GetString(answer, 0, read));
        }
        await host.Chat();
    }
}
