using System.Security.Cryptography;
using System.Text.Json;

namespace Cerise.Studio.Wire;

/// <summary>What all objects of one response begin with.</summary>
/// <param name="Id">Names the response.</param>
/// <param name="Created">When, in seconds since 1970.</param>
/// <param name="Model">The model's name.</param>
/// <param name="Fingerprint">Changes where the same seed may give another answer.</param>
internal sealed record ResponseHead(string Id, long Created, string Model, string Fingerprint)
{
    private const string Letters = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    /// <summary>The head of a new response.</summary>
    /// <param name="prefix">What its id begins with.</param>
    /// <param name="model">Who answers.</param>
    /// <param name="time">The clock.</param>
    public static ResponseHead New(string prefix, ServedModel model, TimeProvider time) =>
        new(prefix + RandomNumberGenerator.GetString(Letters, 24), time.GetUtcNow().ToUnixTimeSeconds(), model.Name, model.Fingerprint);

    /// <summary>Writes it into an object that has just been begun.</summary>
    public void Write(Utf8JsonWriter json, string kind)
    {
        json.WriteString("id", Id);
        json.WriteString("object", kind);
        json.WriteNumber("created", Created);
        json.WriteString("model", Model);
        json.WriteString("system_fingerprint", Fingerprint);
    }

    /// <summary>Writes the tokens used.</summary>
    public static void WriteUsage(Utf8JsonWriter json, int prompt, int completion, int? reasoning)
    {
        json.WriteStartObject("usage");
        json.WriteNumber("prompt_tokens", prompt);
        json.WriteNumber("completion_tokens", completion);
        json.WriteNumber("total_tokens", prompt + completion);
        if (reasoning is { } thought)
        {
            json.WriteStartObject("completion_tokens_details");
            json.WriteNumber("reasoning_tokens", thought);
            json.WriteEndObject();
        }
        json.WriteEndObject();
    }
}
