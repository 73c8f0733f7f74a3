using System.Buffers;
using System.Text.Json;
using Cerise.Studio.Json;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Wire;

/// <summary>Sends a stream of server-sent events, each one JSON object.</summary>
/// <param name="response">Where to.</param>
internal sealed class EventStream(HttpResponse response) : IDisposable
{
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private readonly Utf8JsonWriter _json = new(Stream.Null, WireJson.WriterOptions);

    /// <summary>Sends the headers with the first event, after which the status can no longer change.</summary>
    public void Begin()
    {
        response.StatusCode = StatusCodes.Status200OK;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";                      // proxies must not wait for more
    }

    /// <summary>Adds an event, to be sent by <see cref="Flush"/>.</summary>
    public void Add(Action<Utf8JsonWriter> write)
    {
        _buffer.Write("data: "u8);
        _json.Reset(_buffer);
        write(_json);
        _json.Flush();
        _buffer.Write("\n\n"u8);
    }

    /// <summary>Adds the event that ends a stream.</summary>
    public void AddDone() => _buffer.Write("data: [DONE]\n\n"u8);

    /// <summary>Sends what was added.</summary>
    public async Task Flush(CancellationToken cancellation)
    {
        if (_buffer.WrittenCount == 0)
            return;
        await response.Body.WriteAsync(_buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellation).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
