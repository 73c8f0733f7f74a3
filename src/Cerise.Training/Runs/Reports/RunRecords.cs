using System.Globalization;
using System.Text.Json;

namespace Cerise.Training.Runs.Reports;

/// <summary>What a run folder's logs say, stage by stage.</summary>
internal sealed class RunRecords
{
    // A step may log every completion it sampled; the report shows few.
    private const int SamplesKeptPerStep = 16;

    /// <summary>Stages in the order they were logged.</summary>
    public List<StageRecords> Stages { get; } = [];

    /// <summary>Reads the logs. The last line of a file may be torn when a run is under way or was killed; it is left out.</summary>
    /// <exception cref="RunException">A log is damaged elsewhere.</exception>
    public static RunRecords Read(string folder)
    {
        var records = new RunRecords();
        foreach (JsonElement line in Lines(Path.Combine(folder, RunLog.MetricsFile)))
            records.Stage(line).AddMetrics(Step(line), line.EnumerateObject().Where(member => member.Name is not ("stage" or "step"))
                .Select(member => KeyValuePair.Create(member.Name, Number(member.Value))));
        foreach (JsonElement line in Lines(Path.Combine(folder, RunLog.SamplesFile)))
            records.Stage(line).AddSample(Step(line), Sample(line), SamplesKeptPerStep);
        return records;
    }

    private StageRecords Stage(JsonElement line)
    {
        string name = line.GetProperty("stage").GetString()!;
        StageRecords? stage = Stages.Find(known => known.Name == name);
        if (stage is null)
            Stages.Add(stage = new StageRecords(name));
        return stage;
    }

    private static List<JsonElement> Lines(string path)
    {
        var lines = new List<JsonElement>();
        if (!File.Exists(path))
            return lines;
        int number = 0;
        string? fault = null;
        try
        {
            PlainFile.Require(path);
            // A run under way still has the file open.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } text)
            {
                if (fault is not null)
                    throw new RunException(fault);
                number++;
                try
                {
                    using var document = JsonDocument.Parse(text);
                    JsonElement line = document.RootElement.Clone();
                    _ = Step(line);
                    _ = line.GetProperty("stage").GetString() ?? throw new JsonException("'stage' is null");
                    lines.Add(line);
                }
                catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
                {
                    fault = string.Create(CultureInfo.InvariantCulture, $"{path}:{number}: not a line of a run's log: {error.Message}");
                }
            }
        }
        catch (Exception error) when (RunException.IsFileError(error))
        {
            throw new RunException($"{path}: cannot be read: {error.Message}", error);
        }
        return lines;
    }

    private static long Step(JsonElement line) => line.GetProperty("step").GetInt64();

    private static double Number(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Number => value.GetDouble(),
        JsonValueKind.String => value.GetString() switch
        {
            "Infinity" => double.PositiveInfinity,
            "-Infinity" => double.NegativeInfinity,
            _ => double.NaN
        },
        _ => double.NaN,
    };

    private static SampleRow Sample(JsonElement line) => new(Text(line, "prompt") ?? "", Text(line, "completion") ?? "")
    {
        Rewards = line.TryGetProperty("rewards", out JsonElement rewards) && rewards.ValueKind == JsonValueKind.Object
            ? [.. rewards.EnumerateObject().Select(reward => KeyValuePair.Create(reward.Name, Optional(reward.Value)))]
            : [],
        Reward = line.TryGetProperty("reward", out JsonElement reward) ? Optional(reward) : null,
        Advantage = line.TryGetProperty("advantage", out JsonElement advantage) ? Optional(advantage) : null,
        Tokens = line.TryGetProperty("tokens", out JsonElement tokens) && tokens.TryGetInt32(out int count) ? count : null,
        FinishReason = Text(line, "finish_reason"),
    };

    private static double? Optional(JsonElement value) => value.ValueKind == JsonValueKind.Null ? null : Number(value);

    private static string? Text(JsonElement line, string name) =>
        line.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
