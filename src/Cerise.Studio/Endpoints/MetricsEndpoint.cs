using Cerise.Studio.Hosting;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Endpoints;

/// <summary><c>GET /metrics</c>: figures for Prometheus.</summary>
/// <param name="model">Whose engine tells what runs.</param>
/// <param name="metrics">What has been.</param>
/// <param name="admission">Knows whether the server drains.</param>
internal sealed class MetricsEndpoint(ServedModel model, ServerMetrics metrics, Admission admission) : IEndpoint
{
    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public string Path => "/metrics";

    /// <inheritdoc/>
    public bool AnswersWhileDraining => true;

    /// <inheritdoc/>
    public Task Answer(HttpContext context, CancellationToken cancellation)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(metrics.Text(model.Engine.Statistics, admission.IsDraining), cancellation);
    }
}
