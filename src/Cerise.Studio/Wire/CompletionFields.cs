using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Inference;

namespace Cerise.Studio.Wire;

/// <summary>A request to <c>/v1/completions</c>, read and checked.</summary>
/// <param name="Model">The model asked for; null where none was named.</param>
/// <param name="Prompts">What to complete: texts, or lists of token ids.</param>
/// <param name="Samples">How many completions of each prompt.</param>
/// <param name="Sampling">How to sample.</param>
/// <param name="MaxTokens">Most tokens of a completion, 0 or more.</param>
/// <param name="Echo">Whether the prompt stands before its completion.</param>
/// <param name="SkipSpecialTokens">Whether special tokens are left out of the text.</param>
/// <param name="LogProbs">How many of the likeliest tokens are told; null for no log-probabilities.</param>
/// <param name="Stream">Whether to stream.</param>
/// <param name="IncludeUsage">Whether the stream ends with the tokens used.</param>
internal sealed record CompletionFields(
    string? Model, IReadOnlyList<CompletionPrompt> Prompts, int Samples, SamplingSettings Sampling, int MaxTokens, bool Echo, bool SkipSpecialTokens, int? LogProbs, bool Stream,
    bool IncludeUsage)
{
    /// <summary>Most prompts of a request.</summary>
    private const int MaxPrompts = 128;

    /// <summary>Tokens of a completion where the request says nothing, as OpenAI's API has it.</summary>
    private const int DefaultMaxTokens = 16;

    /// <summary>Reads a request.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="defaults">How to sample where it says nothing.</param>
    /// <exception cref="RequestException">It is not a request; status 400, the field named.</exception>
    public static CompletionFields Read(JsonObject body, SamplingSettings defaults)
    {
        var fields = new RequestFields(body);
        string? model = fields.Text("model");
        (bool stream, bool usage) = SamplingFields.Streaming(fields);
        int samples = SamplingFields.Samples(fields);
        if (fields.Integer("best_of", 1, SamplingFields.MaxSamples) is { } best && best != samples)
            throw RequestException.Invalid("best_of", "best_of is not supported; leave it out, or use the value of n.", "unsupported_parameter");
        if (fields.Text("suffix") is { Length: > 0 })
            throw RequestException.Invalid("suffix", "suffix is not supported: the model completes texts at their end.", "unsupported_parameter");
        int? logProbs = (int?)fields.Integer("logprobs", 0, SamplingFields.MaxTopLogProbs);
        bool echo = fields.Switch("echo") ?? false;
        if (echo && logProbs is not null)
            throw RequestException.Invalid("echo", "echo with logprobs is not supported: log-probabilities are those of sampled tokens.", "unsupported_parameter");
        int maxTokens = (int)(fields.Integer("max_tokens", 0, int.MaxValue) ?? DefaultMaxTokens);
        SamplingSettings sampling = SamplingFields.Read(fields, defaults) with { MaxNewTokens = Math.Max(maxTokens, 1), TopLogProbs = logProbs };
        bool skipSpecial = fields.Switch("skip_special_tokens") ?? true;
        CompletionPrompt[] prompts = Read(fields);
        if (prompts.Length > MaxPrompts)
            throw RequestException.Invalid("prompt", $"prompt holds {prompts.Length} prompts; use at most {MaxPrompts}.");
        fields.RefuseOthers(SamplingFields.Harmless);
        return new CompletionFields(model, prompts, samples, sampling, maxTokens, echo, skipSpecial, logProbs, stream, usage);
    }

    private static CompletionPrompt[] Read(RequestFields fields)
    {
        JsonNode prompt = fields.Node("prompt") ?? throw fields.Missing("prompt");
        if (prompt is not JsonArray list)
            return [new CompletionPrompt(fields.Text("prompt"), null)];
        if (list.Count == 0)
            throw RequestException.Invalid("prompt", "prompt is an empty array; give a text or token ids.");
        if (list[0]?.GetValueKind() == JsonValueKind.Number)
            return [new CompletionPrompt(null, Ids(fields, "prompt", list))];
        return [.. list.Select((item, index) => item switch
        {
            JsonArray ids => new CompletionPrompt(null, Ids(fields, $"prompt[{index}]", ids)),
            JsonValue text when text.GetValueKind() == JsonValueKind.String => new CompletionPrompt(text.GetValue<string>(), null),
            _ => throw fields.Wrong($"prompt[{index}]", "a string or an array of token ids", item),
        })];
    }

    private static int[] Ids(RequestFields fields, string name, JsonArray list) => [.. list.Select((item, index) =>
        RequestFields.TryWhole(item, out long id) && id is >= 0 and <= int.MaxValue ? (int)id : throw fields.Wrong($"{name}[{index}]", "a token id", item))];
}
