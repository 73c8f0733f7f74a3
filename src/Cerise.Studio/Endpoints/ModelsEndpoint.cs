using System.Text.Json;
using Cerise.Studio.Hosting;
using Cerise.Studio.Wire;
using Microsoft.AspNetCore.Http;

namespace Cerise.Studio.Endpoints;

/// <summary><c>GET /v1/models</c>: the one model there is.</summary>
/// <param name="model">It.</param>
/// <param name="created">Since when it is served, seconds since 1970.</param>
internal sealed class ModelsEndpoint(ServedModel model, long created) : IEndpoint
{
    /// <inheritdoc/>
    public string Method => HttpMethods.Get;

    /// <inheritdoc/>
    public string Path => "/v1/models";

    /// <summary>Refuses a request for another model.</summary>
    /// <exception cref="RequestException">Status 404.</exception>
    public static void Check(string? asked, ServedModel model)
    {
        if (asked is { Length: > 0 } && asked != model.Name)
        {
            string shown = asked.Length <= 80 ? asked : asked[..80] + "...";
            throw new RequestException(404, $"the model '{shown}' does not exist; this server has '{model.Name}'.", "model", "model_not_found");
        }
    }

    /// <summary>Writes the model.</summary>
    public static void Write(Utf8JsonWriter json, ServedModel model, long created)
    {
        json.WriteStartObject();
        json.WriteString("id", model.Name);
        json.WriteString("object", "model");
        json.WriteNumber("created", created);
        json.WriteString("owned_by", "cerise");
        json.WriteNumber("max_model_len", model.Engine.ContextLength);
        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public Task Answer(HttpContext context, CancellationToken cancellation) => JsonResponse.Send(context.Response, StatusCodes.Status200OK, json =>
    {
        json.WriteStartObject();
        json.WriteString("object", "list");
        json.WriteStartArray("data");
        Write(json, model, created);
        json.WriteEndArray();
        json.WriteEndObject();
    }, cancellation);
}
