using Cerise.Studio.Hosting;
using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Endpoints;

/// <summary><c>GET /v1/models/{id}</c>: one model by its name, which may hold slashes.</summary>
/// <param name="model">The one there is.</param>
/// <param name="created">Since when it is served, seconds since 1970.</param>
internal sealed class ModelEndpoint(ServedModel model, long created) : IEndpoint
{
    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public string Path => "/v1/models/{**id}";

    /// <inheritdoc/>
    public Task Answer(HttpContext context, CancellationToken cancellation)
    {
        ModelsEndpoint.Check(NameOf((string)context.Request.RouteValues["id"]!), model);
        return JsonResponse.Send(context.Response, StatusCodes.Status200OK, json => ModelsEndpoint.Write(json, model, created), cancellation);
    }

    // Clients escape the slashes of a name, and those are the one thing that the server leaves escaped.
    private string NameOf(string id) => id == model.Name ? id : id.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);
}
