using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Cerise.Tensors;

namespace Cerise.Training.Benchmarks;

/// <summary>Results as JSON lines: what <c>bench</c> prints, and what is kept of a run.</summary>
public static class BenchmarkLines
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

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
