using System.Buffers;
using System.Text.Json;
using Cerise.Studio.Json;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Wire;

/// <summary>Sends JSON.</summary>
internal static class JsonResponse
{
    /// <summary>Sends one object as the whole response.</summary>
    public static async Task Send(HttpResponse response, int status, Action<Utf8JsonWriter> write, CancellationToken cancellation)
    {
        ArrayBufferWriter<byte> buffer = new();
        using (var json = new Utf8JsonWriter(buffer, WireJson.WriterOptions))
            write(json);
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.ContentLength = buffer.WrittenCount;
        await ResponsePieces.Send(response, buffer.WrittenMemory, cancellation).ConfigureAwait(false);
    }

    /// <summary>Sends a fault, with what tells clients whether to try again.</summary>
    public static Task SendFault(HttpResponse response, RequestException fault, CancellationToken cancellation)
    {
        if (fault.Status is 429 or 503)
            response.Headers.RetryAfter = "1";
        if (fault.Status == 408)
            response.Headers["x-should-retry"] = "false";                  // it would take as long again
        if (fault.Status == 401)
            response.Headers.WWWAuthenticate = "Bearer";
        return Send(response, fault.Status, json => ErrorJson.Write(json, fault), cancellation);
    }
}
