using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Cerise.Studio.Json;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Wire;

/// <summary>Reads the body of a request. The server has bounded its length.</summary>
internal static class RequestBody
{
    /// <summary>Reads a JSON object.</summary>
    /// <exception cref="RequestException">It is none; status 400.</exception>
    /// <exception cref="BadHttpRequestException">It is too long, comes too slowly or breaks off; the status says which.</exception>
    public static async Task<JsonObject> Read(HttpRequest request, CancellationToken cancellation)
    {
        // A page in a browser can send other types to a local server without asking it first.
        if (!request.HasJsonContentType())
            throw new RequestException(400, "the Content-Type is not application/json. Send the header 'Content-Type: application/json'.", code: "invalid_content_type");
        PipeReader reader = request.BodyReader;
        while (true)
        {
            ReadResult result = await reader.ReadAsync(cancellation).ConfigureAwait(false);
            if (!result.IsCompleted)
            {
                reader.AdvanceTo(result.Buffer.Start, result.Buffer.End);
                continue;
            }
            try
            {
                return JsonBody.Read(result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : result.Buffer.ToArray());
            }
            finally
            {
                reader.AdvanceTo(result.Buffer.End);                       // else the connection could not be used again
            }
        }
    }
}
