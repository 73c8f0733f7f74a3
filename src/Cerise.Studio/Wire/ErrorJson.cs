using System.Text.Json;

namespace Cerise.Studio.Wire;

/// <summary>Writes faults in the shape that OpenAI's clients read.</summary>
internal static class ErrorJson
{
    /// <summary>Writes <c>{"error": {"message", "type", "param", "code"}}</c>.</summary>
    public static void Write(Utf8JsonWriter json, RequestException fault)
    {
        json.WriteStartObject();
        json.WriteStartObject("error");
        json.WriteString("message", fault.Message);
        json.WriteString("type", fault.Status switch
        {
            401 => "authentication_error",
            429 => "rate_limit_error",
            >= 500 => "server_error",
            _ => "invalid_request_error",
        });
        json.WriteString("param", fault.Parameter);
        json.WriteString("code", fault.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
