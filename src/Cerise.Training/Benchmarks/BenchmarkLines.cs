using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cerise.Tensors;
using Cerise.Training.Runs;

namespace Cerise.Training.Benchmarks;

/// <summary>Results as JSON lines: what <c>bench</c> prints, and what is kept of a run.</summary>
public static class BenchmarkLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonSerializerOptions Serializer = new(RunJson.Options) { WriteIndented = false };

    private sealed record EnvironmentLine(RunEnvironment Environment);

    /// <summary>A result's line and, when <paramref name="profile"/> is true, one for each kernel. Ends with a line feed.</summary>
    public static string Text(BenchmarkResult result, bool profile)
    {
        ArgumentNullException.ThrowIfNull(result);
        var text = new StringBuilder();
        Line(text, writer => Write(writer, result));
        if (profile)
            foreach (KernelTime kernel in result.Kernels)
                Line(text, writer => Write(writer, result, kernel));
        return text.ToString();
    }

    /// <summary>The line that says where results were measured: first in a file that is kept.</summary>
    public static string Text(RunEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        return JsonSerializer.Serialize(new EnvironmentLine(environment), Serializer) + "\n";
    }

    /// <summary>Reads back what <see cref="Text(BenchmarkResult, bool)"/> and <see cref="Text(RunEnvironment)"/> wrote; empty lines are left out.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="file">What messages call them.</param>
    /// <exception cref="TrainingException">A line is something else.</exception>
    public static BenchmarkRun Read(IEnumerable<string> lines, string file)
    {
        ArgumentNullException.ThrowIfNull(lines);
        RunEnvironment? environment = null;
        List<BenchmarkResult> results = [];
        int number = 0;
        foreach (string line in lines)
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
                continue;
            try
            {
                using var document = JsonDocument.Parse(line);
                JsonElement row = document.RootElement;
                if (row.TryGetProperty("environment", out JsonElement where))
                    environment = where.Deserialize<RunEnvironment>(Serializer);
                else if (row.TryGetProperty("kernel", out _))
                    results[^1] = results[^1] with { Kernels = [.. results[^1].Kernels, Kernel(row)] };
                else
                    results.Add(Result(row));
            }
            catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException
                or ArgumentOutOfRangeException)
            {
                throw new TrainingException(string.Create(
                    CultureInfo.InvariantCulture, $"{file}:{number}: not a line that 'cerise bench' printed: {error.Message}"), error);
            }
        }
        return new BenchmarkRun(environment, results);
    }

    private static BenchmarkResult Result(JsonElement row)
    {
        var work = new BenchmarkWork(Word("what"), Word("config"), row.GetProperty("batch").GetInt32(), row.GetProperty("threads").GetInt32())
        {
            Variant = row.TryGetProperty("variant", out JsonElement variant) ? variant.GetString() : null,
            Dtype = Word("dtype"),
            Tokens = row.GetProperty("tokens").GetInt32(),
            Context = row.GetProperty("context").GetInt32(),
            Parameters = row.GetProperty("parameters").GetInt64(),
            Operations = Number("operations"),
            Bytes = Number("bytes"),
            WorkingSet = Number("working_set_bytes"),
        };
        var peaks = new MachinePeaks(
            Number("peak_gflops"), Number("peak_gflops_one_thread"), Number("memory_gb_per_s"), Number("memory_gb_per_s_one_thread"),
            Number("working_set_gb_per_s"));
        return new BenchmarkResult(work, Number("seconds"), Number("best_seconds"), peaks)
        {
            IsCached = row.GetProperty("cached").GetBoolean(),
            PeakRssBytes = row.GetProperty("peak_rss_bytes").GetInt64(),
            KernelShare = row.GetProperty("kernel_share") is { ValueKind: JsonValueKind.Number } share ? share.GetDouble() : null,
        };

        string Word(string name) => row.GetProperty(name).GetString() ?? throw new FormatException($"'{name}' is null");

        double Number(string name) => row.GetProperty(name).GetDouble();
    }

    private static KernelTime Kernel(JsonElement row) =>
        new(row.GetProperty("kernel").GetString() ?? "", row.GetProperty("calls").GetInt64(), row.GetProperty("seconds").GetDouble());

    private static void Write(Utf8JsonWriter writer, BenchmarkResult result)
    {
        BenchmarkWork work = result.Work;
        writer.WriteString("what", work.What);
        writer.WriteString("config", work.Config);
        if (work.Variant is not null)
            writer.WriteString("variant", work.Variant);
        writer.WriteNumber("batch", work.Batch);
        writer.WriteNumber("threads", work.Threads);
        writer.WriteString("dtype", work.Dtype);
        writer.WriteNumber("tokens", work.Tokens);
        writer.WriteNumber("context", work.Context);
        writer.WriteNumber("parameters", work.Parameters);
        writer.WriteNumber("seconds", result.Seconds);
        writer.WriteNumber("best_seconds", result.BestSeconds);
        Optional(writer, "tokens_per_s", result.TokensPerSecond);
        writer.WriteNumber("operations", work.Operations);
        writer.WriteNumber("bytes", work.Bytes);
        writer.WriteNumber("working_set_bytes", work.WorkingSet);
        writer.WriteNumber("gflops", result.Gflops);
        writer.WriteString("limit", JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Limit.ToString()));
        writer.WriteNumber("share_of_limit", result.ShareOfLimit);
        writer.WriteNumber("share_of_peak", result.ShareOfPeak);
        writer.WriteNumber("peak_gflops", result.Peaks.Gflops);
        writer.WriteNumber("peak_gflops_one_thread", result.Peaks.GflopsOneThread);
        writer.WriteNumber("memory_gb_per_s", result.Peaks.Memory);
        writer.WriteNumber("memory_gb_per_s_one_thread", result.Peaks.MemoryOneThread);
        writer.WriteNumber("working_set_gb_per_s", result.Peaks.WorkingSet);
        writer.WriteBoolean("cached", result.IsCached);
        writer.WriteNumber("peak_rss_bytes", result.PeakRssBytes);
        Optional(writer, "kernel_share", result.KernelShare);
    }

    private static void Write(Utf8JsonWriter writer, BenchmarkResult result, KernelTime kernel)
    {
        writer.WriteString("kernel", kernel.Kernel);
        writer.WriteString("of", result.Work.What);
        writer.WriteString("config", result.Work.Config);
        writer.WriteNumber("batch", result.Work.Batch);
        writer.WriteNumber("calls", kernel.Calls);
        writer.WriteNumber("seconds", kernel.Seconds);
        writer.WriteNumber("share", kernel.Seconds / result.Seconds);
    }

    private static void Optional(Utf8JsonWriter writer, string name, double? value)
    {
        if (value is { } number)
            writer.WriteNumber(name, number);
        else
            writer.WriteNull(name);
    }

    private static void Line(StringBuilder text, Action<Utf8JsonWriter> write)
    {
        using var bytes = new MemoryStream();
        using (var writer = new Utf8JsonWriter(bytes, Options))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        text.Append(Encoding.UTF8.GetString(bytes.ToArray())).Append('\n');
    }
}
