using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Cerise.Data.Inference;

namespace Cerise.Studio.Hosting;

/// <summary>What a server has done, as Prometheus reads it. Safe for use from many threads at once.</summary>
internal sealed class ServerMetrics
{
    private readonly ConcurrentDictionary<(string Route, int Status), long> _requests = new();
    private readonly Histogram _firstToken = new(
        "cerise_time_to_first_token_seconds", "Time from a request to its first token.", [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60]);
    private readonly Histogram _perToken = new(
        "cerise_time_per_token_seconds", "Mean time of a token after the first, by answer.", [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1]);
    private readonly Histogram _duration = new(
        "cerise_request_seconds", "Time from a request to the end of its response.", [0.01, 0.05, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600]);
    private long _promptTokens, _completionTokens;

    /// <summary>Counts a request that has ended.</summary>
    /// <param name="route">The endpoint's path.</param>
    /// <param name="status">The status sent; 499 where the client left before.</param>
    /// <param name="duration">How long it took.</param>
    public void AddRequest(string route, int status, TimeSpan duration)
    {
        _requests.AddOrUpdate((route, status), 1, (_, count) => count + 1);
        _duration.Add(duration);
    }

    /// <summary>Counts an answer's tokens.</summary>
    public void AddTokens(int prompt, int completion)
    {
        Interlocked.Add(ref _promptTokens, prompt);
        Interlocked.Add(ref _completionTokens, completion);
    }

    /// <summary>Counts the time to the first token.</summary>
    public void AddFirstToken(TimeSpan duration) => _firstToken.Add(duration);

    /// <summary>Counts the time of the other tokens.</summary>
    public void AddPerToken(TimeSpan duration) => _perToken.Add(duration);

    /// <summary>Writes all of it as text.</summary>
    public string Text(EngineStatistics engine, bool draining)
    {
        var text = new StringBuilder("# HELP cerise_http_requests_total Requests by route and status.\n# TYPE cerise_http_requests_total counter\n");
        foreach (((string route, int status), long count) in _requests.OrderBy(entry => entry.Key.Route, StringComparer.Ordinal).ThenBy(entry => entry.Key.Status))
            text.Append(CultureInfo.InvariantCulture, $"cerise_http_requests_total{{route=\"{route}\",status=\"{status}\"}} {count}\n");
        Write(text, "cerise_prompt_tokens_total", "counter", "Tokens of prompts answered.", Interlocked.Read(ref _promptTokens));
        Write(text, "cerise_completion_tokens_total", "counter", "Tokens of answers sent.", Interlocked.Read(ref _completionTokens));
        Write(text, "cerise_engine_generation_tokens_total", "counter", "Tokens sampled.", engine.GenerationTokens);
        Write(text, "cerise_engine_prompt_tokens_total", "counter", "Tokens of prompts computed.", engine.PromptTokens);
        Write(text, "cerise_engine_reused_prompt_tokens_total", "counter", "Tokens of prompts found computed already.", engine.ReusedPromptTokens);
        Write(text, "cerise_engine_steps_total", "counter", "Passes that sampled a token for every running completion.", engine.Steps);
        Write(text, "cerise_engine_prompt_seconds_total", "counter", "Time spent on prompts.", engine.PromptSeconds);
        Write(text, "cerise_engine_step_seconds_total", "counter", "Time spent on steps.", engine.StepSeconds);
        Write(text, "cerise_engine_running", "gauge", "Completions in the batch now.", engine.Running);
        Write(text, "cerise_engine_waiting", "gauge", "Requests that wait for their first token.", engine.Waiting);
        Write(text, "cerise_engine_cache_use_ratio", "gauge", "Share of the cache in use.", engine.CacheUse);
        Write(text, "cerise_engine_tokens_per_second", "gauge", "Tokens sampled a second, lately.", engine.TokensPerSecond);
        Write(text, "cerise_draining", "gauge", "1 while no new requests are taken.", draining ? 1 : 0);
        _firstToken.Write(text);
        _perToken.Write(text);
        _duration.Write(text);
        return text.ToString();
    }

    private static void Write(StringBuilder text, string name, string kind, string help, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {kind}\n{name} {value}\n");
}
