using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Cerise.Training.Runs;

/// <summary>What a run measured and sampled: <c>metrics.jsonl</c>, <c>samples.jsonl</c>
/// and a TensorBoard event file, all of which only grow.</summary>
/// <remarks>
/// <para>A line of metrics is <c>{"stage":"grpo","step":12,"loss":0.25,...}</c>: the shortest digits that read back as the same double; not-a-number
/// and infinities, which JSON has no numbers for, as the texts <c>"NaN"</c>, <c>"Infinity"</c> and <c>"-Infinity"</c>. A step never appears twice:
/// on resume the files are cut back to the lengths they had when the checkpoint was saved, and the steps after it are written anew.</para>
/// <para>TensorBoard's tags are <c>stage/metric</c>, so that stages that count from 1 again do not share a curve. The event
/// file has one fixed name, so that a resumed run continues it; <c>tensorboard --logdir runs</c> shows every run.</para>
/// </remarks>
public sealed class RunLog : IDisposable
{
    internal const string MetricsFile = "metrics.jsonl";
    internal const string SamplesFile = "samples.jsonl";

    // TensorBoard reads every file whose name holds "tfevents"; the usual name goes on with time, host and process.
    internal const string EventsFile = "events.out.tfevents.0000000000.cerise";

    private static readonly JsonWriterOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly TimeProvider _time;
    private readonly OrderedDictionary<string, LogFile> _files = [];

    internal RunLog(string folder, TimeProvider time)
    {
        _time = time;
        foreach (string name in (ReadOnlySpan<string>)[MetricsFile, SamplesFile, EventsFile])
            _files.Add(name, new LogFile(Path.Combine(folder, name)));
    }

    /// <summary>Writes what a step measured.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="metrics">The values. Only those of time (<c>step_time</c>, throughputs) may differ between two runs of one recipe.</param>
    /// <exception cref="RunException">The disk is full or broken.</exception>
    public void Step(string stage, long step, StepMetrics metrics)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(metrics);
        _files[MetricsFile].Append(Line(writer =>
        {
            Place(writer, stage, step);
            foreach ((string name, double value) in metrics)
            {
                writer.WritePropertyName(name);
                Number(writer, value);
            }
        }));
        double now = (_time.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
        if (_files[EventsFile].Length == 0)
            _files[EventsFile].Append(TensorBoardEvents.Header(now));
        _files[EventsFile].Append(TensorBoardEvents.Scalars(now, step,
            metrics.Select(metric => KeyValuePair.Create($"{stage}/{metric.Key}", metric.Value))));
    }

    /// <summary>Writes a completion as it was sampled and judged.</summary>
    /// <param name="stage">The stage's name.</param>
    /// <param name="step">The step, from 1; 0 for samples taken before the first.</param>
    /// <param name="sample">The completion.</param>
    /// <exception cref="RunException">The disk is full or broken.</exception>
    public void Sample(string stage, long step, SampleRow sample)
    {
        ArgumentNullException.ThrowIfNull(stage);
        ArgumentNullException.ThrowIfNull(sample);
        _files[SamplesFile].Append(Line(writer =>
        {
            Place(writer, stage, step);
            Text(writer, "prompt", sample.Prompt);
            Text(writer, "completion", sample.Completion);
            writer.WriteStartObject("rewards");
            foreach ((string name, double? value) in sample.Rewards)
                Optional(writer, name, value);
            writer.WriteEndObject();
            Optional(writer, "reward", sample.Reward);
            Optional(writer, "advantage", sample.Advantage);
            if (sample.Tokens is { } tokens)
                writer.WriteNumber("tokens", tokens);
            if (sample.FinishReason is { } reason)
                writer.WriteString("finish_reason", reason);
        }));
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        foreach (LogFile file in _files.Values)
            file.Dispose();
    }

    /// <summary>Makes the files durable and tells their lengths, by file name.</summary>
    internal IReadOnlyDictionary<string, long> Flush()
    {
        var lengths = new OrderedDictionary<string, long>();
        foreach ((string name, LogFile file) in _files)
        {
            file.Flush();
            lengths.Add(name, file.Length);
        }
        return lengths;
    }

    /// <summary>Cuts the files to earlier lengths; a file without one is emptied.</summary>
    internal void TruncateTo(IReadOnlyDictionary<string, long> lengths)
    {
        foreach ((string name, LogFile file) in _files)
            file.TruncateTo(lengths.GetValueOrDefault(name));
    }

    private static ReadOnlySpan<byte> Line(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Json))
        {
            writer.WriteStartObject();
            members(writer);
            writer.WriteEndObject();
        }
        buffer.Write("\n"u8);
        return buffer.WrittenSpan;
    }

    private static void Place(Utf8JsonWriter writer, string stage, long step)
    {
        writer.WriteString("stage", stage);
        writer.WriteNumber("step", step);
    }

    // Through bytes, so that half of a surrogate pair becomes a replacement character instead of an error.
    private static void Text(Utf8JsonWriter writer, string name, string text) => writer.WriteString(name, Encoding.UTF8.GetBytes(text));

    private static void Optional(Utf8JsonWriter writer, string name, double? value)
    {
        writer.WritePropertyName(name);
        if (value is { } number)
            Number(writer, number);
        else
            writer.WriteNullValue();
    }

    private static void Number(Utf8JsonWriter writer, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumberValue(value);
        else
            writer.WriteStringValue(double.IsNaN(value) ? "NaN" : value > 0 ? "Infinity" : "-Infinity");
    }
}
