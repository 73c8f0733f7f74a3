using Cerise.Studio.Hosting;
using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Endpoints;

/// <summary><c>GET /health</c>: whether requests are taken; status 200 when ready, 503 while the server drains.</summary>
/// <param name="admission">Knows.</param>
internal sealed class HealthEndpoint(Admission admission) : IEndpoint
{
    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public string Path => "/health";

    /// <inheritdoc/>
    public bool AnswersWhileDraining => true;

    /// <inheritdoc/>
    public bool NeedsKey => false;

    /// <inheritdoc/>
    public Task Answer(HttpContext context, CancellationToken cancellation)
    {
        bool draining = admission.IsDraining;
        return JsonResponse.Send(context.Response, draining ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status200OK, json =>
        {
            json.WriteStartObject();
            json.WriteString("status", draining ? "draining" : "ready");
            json.WriteEndObject();
        }, cancellation);
    }
}
