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

    /// <summary>Sends events as things come, those of all things that came together in one go.</summary>
    /// <remarks>The headers go out with the first event; a fault before it leaves the response untouched, so that it can have its status.</remarks>
    /// <param name="items">The things.</param>
    /// <param name="add">Adds the events of some that came together.</param>
    /// <param name="cancellation">Gives up.</param>
    public async Task SendAll<T>(IAsyncEnumerable<T> items, Action<IReadOnlyList<T>> add, CancellationToken cancellation)
    {
        List<T> together = [];
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await using IAsyncEnumerator<T> each = items.GetAsyncEnumerator(end.Token);
        while (true)
        {
            Task<bool> next = each.MoveNextAsync().AsTask();
            if (!next.IsCompleted)
            {
                Add();
                await FlushBeside(next, end).ConfigureAwait(false);
            }
            if (!await next.ConfigureAwait(false))
                break;
            together.Add(each.Current);
        }
        Add();

        void Add()
        {
            if (together.Count > 0)
                add(together);
            together.Clear();
        }
    }

    // An enumeration cannot be left while its next thing is waited for, so where the client has gone that ends first.
    private async Task FlushBeside(Task next, CancellationTokenSource end)
    {
        try
        {
            await Flush(end.Token).ConfigureAwait(false);
        }
        catch
        {
            await end.CancelAsync().ConfigureAwait(false);
            await next.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }
    }

    private void Begin()
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
        if (!response.HasStarted)
            Begin();
        await ResponsePieces.Send(response, _buffer.WrittenMemory, cancellation).ConfigureAwait(false);
        _buffer.ResetWrittenCount();
    }

    /// <inheritdoc/>
    public void Dispose() => _json.Dispose();
}
