using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Cerise.Studio.Hosting;

/// <summary>What every request goes through: admission, key, the place where faults end, and counting.</summary>
/// <param name="admission">Lets requests in.</param>
/// <param name="key">Checks the API key.</param>
/// <param name="metrics">Counts them.</param>
/// <param name="options">The clock.</param>
/// <param name="logger">Told of faults that are not the client's.</param>
/// <param name="abort">Ends requests under way.</param>
internal sealed class RequestGate(
    Admission admission, ApiKey key, ServerMetrics metrics, ServerOptions options, ILogger logger, CancellationToken abort)
{
    private const int ClientLeft = 499;

    /// <summary>Answers a request with an endpoint.</summary>
    public async Task Pass(IEndpoint endpoint, HttpContext context)
    {
        long began = options.Time.GetTimestamp();
        bool entered = admission.TryEnter();
        int status = 0;
        try
        {
            using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, abort);
            status = await Answer(endpoint, context, entered, cancellation.Token).ConfigureAwait(false);
        }
        finally
        {
            metrics.AddRequest(endpoint.Path, status == 0 ? context.Response.StatusCode : status, options.Time.GetElapsedTime(began));
            if (entered)
                admission.Leave();
        }
    }

    /// <summary>Tells that there is no such endpoint, or not with this method.</summary>
    public Task Refuse(HttpContext context, int status)
    {
        metrics.AddRequest("other", status, TimeSpan.Zero);
        string path = context.Request.Path.Value is { Length: > 80 } longPath ? longPath[..80] + "..." : context.Request.Path.Value ?? "";
        return JsonResponse.SendFault(context.Response, status == 404
            ? new RequestException(404, $"there is no {path} here.", code: "unknown_url")
            : new RequestException(status, $"{path} does not take {context.Request.Method}; it takes {context.Response.Headers.Allow}.", code: "method_not_supported"), context.RequestAborted);
    }

    private async Task<int> Answer(IEndpoint endpoint, HttpContext context, bool entered, CancellationToken cancellation)
    {
        try
        {
            if (endpoint.NeedsKey)
                key.Check(context.Request);
            if (!entered && !endpoint.AnswersWhileDraining)
                throw new RequestException(503, "the server is shutting down and takes no more requests.", code: "shutting_down");
            await endpoint.Answer(context, cancellation).ConfigureAwait(false);
            return context.Response.StatusCode;
        }
        catch (Exception error) when (error is ClientLeftException || context.RequestAborted.IsCancellationRequested)
        {
            return ClientLeft;
        }
        catch (Exception error)
        {
            RequestException fault = FaultOf(endpoint, error);
            await Tell(context, fault).ConfigureAwait(false);
            return fault.Status;
        }
    }

    private RequestException FaultOf(IEndpoint endpoint, Exception error)
    {
        switch (error)
        {
            case RequestException fault:
                if (fault.Status >= 500 && fault.InnerException is { } cause)
                    ServerLog.ModelFailed(logger, endpoint.Path, cause.Message);
                return fault;
            case BadHttpRequestException bad:
                return new RequestException(bad.StatusCode, bad.StatusCode switch
                {
                    413 => $"the body is larger than the {options.MaxBodyBytes} bytes that this server takes.",
                    408 => "the body came too slowly.",
                    _ => "the request is not valid HTTP.",
                }, code: bad.StatusCode == 413 ? "request_too_large" : null);
            case OperationCanceledException when abort.IsCancellationRequested:
                return new RequestException(503, "the server was stopped before the answer was finished.", code: "shutting_down");
            default:
                ServerLog.Failed(logger, endpoint.Path, error);
                return new RequestException(500, "the server failed while it answered; its log says more.", code: "internal_error");
        }
    }

    // Within a stream the status is gone; clients take an event with an error for the same.
    private static async Task Tell(HttpContext context, RequestException fault)
    {
        if (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await JsonResponse.SendFault(context.Response, fault, context.RequestAborted).ConfigureAwait(false);
            return;
        }
        using var events = new EventStream(context.Response);
        events.Add(json => ErrorJson.Write(json, fault));
        await events.Flush(context.RequestAborted).ConfigureAwait(false);
    }
}
