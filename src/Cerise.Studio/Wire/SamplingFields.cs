using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Cerise.Data.Inference;

namespace Cerise.Studio.Wire;

/// <summary>The fields that say how to sample, which chat and completions share.</summary>
internal static class SamplingFields
{
    /// <summary>Most stop strings of a request, as OpenAI's API has it.</summary>
    public const int MaxStops = 4;

    /// <summary>Most answers of a request.</summary>
    public const int MaxSamples = 128;

    /// <summary>Most of the likeliest tokens that are told.</summary>
    public const int MaxTopLogProbs = 20;

    private const int MaxStopLength = 1024;
    private const int MaxBiases = 1024;

    /// <summary>Fields that change nothing of an answer's meaning here and are passed over.</summary>
    public static IReadOnlySet<string> Harmless { get; } = new HashSet<string>
    {
        "user", "metadata", "store", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prediction",
    };

    /// <summary>How to sample, the model's defaults where the request says nothing.</summary>
    public static SamplingSettings Read(RequestFields fields, SamplingSettings defaults) => defaults with
    {
        Temperature = fields.Number("temperature", 0, 2) is { } temperature ? Coldest(temperature) : defaults.Temperature,
        TopP = fields.Number("top_p", 0, 1) is { } topP ? Narrowest(topP) : defaults.TopP,
        TopK = (int)(fields.Integer("top_k", -1, int.MaxValue) is { } topK ? Math.Max(topK, 0) : defaults.TopK),
        MinP = fields.Number("min_p", 0, 1) ?? defaults.MinP,
        PresencePenalty = fields.Number("presence_penalty", -2, 2) ?? defaults.PresencePenalty,
        FrequencyPenalty = fields.Number("frequency_penalty", -2, 2) ?? defaults.FrequencyPenalty,
        RepetitionPenalty = fields.Number("repetition_penalty", 0.01f, 100) ?? defaults.RepetitionPenalty,
        Seed = fields.Integer("seed", long.MinValue, long.MaxValue) ?? defaults.Seed,
        StopStrings = Stops(fields),
        StopIds = StopIds(fields),
        IgnoreEos = fields.Switch("ignore_eos") ?? defaults.IgnoreEos,
        LogitBias = Biases(fields),
    };

    /// <summary>How many answers.</summary>
    public static int Samples(RequestFields fields) => (int)(fields.Integer("n", 1, MaxSamples) ?? 1);

    /// <summary>Whether to stream, and whether to end the stream with the tokens used.</summary>
    public static (bool Stream, bool IncludeUsage) Streaming(RequestFields fields)
    {
        bool stream = fields.Switch("stream") ?? false;
        if (fields.Object("stream_options") is not { } options)
            return (stream, false);
        if (!stream)
            throw RequestException.Invalid("stream_options", "stream_options is for streams; set stream to true or leave it out.");
        bool usage = options.Switch("include_usage") ?? false;
        options.RefuseOthers(new HashSet<string> { "include_obfuscation" });
        return (stream, usage);
    }

    /// <summary>A temperature: below 0.0001 it is greedy for every purpose, and quotients stay finite.</summary>
    public static float Coldest(float temperature) => temperature is >= 0 and < 0.0001f ? 0 : temperature;

    /// <summary>A share of the likeliest tokens: 0 keeps the likeliest one, as the smallest share does.</summary>
    public static float Narrowest(float topP) => topP is >= 0 and < 1e-6f ? 1e-6f : topP;

    private static string[] Stops(RequestFields fields)
    {
        string[] stops = fields.Node("stop") switch
        {
            null => [],
            JsonArray list => [.. list.Select((item, index) => TextOf(item) ?? throw fields.Wrong($"stop[{index}]", "a string", item))],
            JsonNode node => [TextOf(node) ?? throw fields.Wrong("stop", "a string or an array of strings", node)],
        };
        if (stops.Length > MaxStops)
            throw RequestException.Invalid("stop", string.Create(CultureInfo.InvariantCulture, $"stop holds {stops.Length} strings; use at most {MaxStops}."));
        if (stops.Any(stop => stop.Length is 0 or > MaxStopLength))
            throw RequestException.Invalid("stop", string.Create(CultureInfo.InvariantCulture, $"stop holds a string that is empty or longer than {MaxStopLength} characters."));
        return stops;
    }

    private static int[] StopIds(RequestFields fields) => fields.List("stop_token_ids") is not { } list ? [] :
        [.. list.Select((item, index) => RequestFields.TryWhole(item, out long id) && id is >= 0 and <= int.MaxValue
            ? (int)id
            : throw fields.Wrong($"stop_token_ids[{index}]", "a token id", item))];

    private static Dictionary<int, float>? Biases(RequestFields fields)
    {
        if (fields.ObjectNode("logit_bias") is not { Count: > 0 } biases)
            return null;
        if (biases.Count > MaxBiases)
            throw RequestException.Invalid("logit_bias", string.Create(CultureInfo.InvariantCulture, $"logit_bias holds {biases.Count} tokens; use at most {MaxBiases}."));
        Dictionary<int, float> read = [];
        foreach ((string key, JsonNode? value) in biases)
        {
            if (!int.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw RequestException.Invalid("logit_bias", $"logit_bias has the key '{(key.Length <= 40 ? key : key[..40])}'; keys are token ids.");
            if (!RequestFields.TryNumber(value, out double bias) || Math.Abs(bias) > 100)
                throw RequestException.Invalid("logit_bias", $"logit_bias of token {key} is not a number in [-100, 100].");
            read[id] = (float)bias;
        }
        return read;
    }

    private static string? TextOf(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;
}
