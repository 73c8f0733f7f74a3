using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Wire;

/// <summary>Sends a response in small pieces, each of which the client has a minute to make room for.</summary>
/// <remarks>
/// The server itself leaves clients that take less than 240 bytes a second, reckoned over all that was sent: after megabytes that went quickly into buffers on the
/// way, a client that reads nothing could stay for hours, with the answer in memory and a drain waiting for it.
/// </remarks>
internal static class ResponsePieces
{
    /// <summary>Most bytes of a piece.</summary>
    public const int Most = 16 * 1024;

    /// <summary>Most time for a piece.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    /// <summary>Sends bytes.</summary>
    /// <param name="response">Where to.</param>
    /// <param name="bytes">They.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <param name="time">The clock; null for the system's.</param>
    /// <exception cref="ClientLeftException">The client does not read; its connection is ended.</exception>
    public static async Task Send(HttpResponse response, ReadOnlyMemory<byte> bytes, CancellationToken cancellation, TimeProvider? time = null)
    {
        for (int at = 0; at < bytes.Length; at += Most)
        {
            Task sent = SendPiece(response, bytes.Slice(at, Math.Min(Most, bytes.Length - at)), cancellation);
            try
            {
                await (sent.IsCompleted ? sent : sent.WaitAsync(Longest, time ?? TimeProvider.System, CancellationToken.None)).ConfigureAwait(false);
            }
            catch (TimeoutException slow)
            {
                response.HttpContext.Abort();
                throw new ClientLeftException(slow);
            }
        }
    }

    private static async Task SendPiece(HttpResponse response, ReadOnlyMemory<byte> piece, CancellationToken cancellation)
    {
        await response.Body.WriteAsync(piece, cancellation).ConfigureAwait(false);
        await response.Body.FlushAsync(cancellation).ConfigureAwait(false);
    }
}
