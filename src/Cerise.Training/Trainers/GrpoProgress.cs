using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cerise.Training.Trainers;

/// <summary>Where a GRPO run is, beyond its weights: all that its next step depends on.</summary>
internal sealed record GrpoProgress
{
    private const string File = "grpo.json";

    /// <summary>Steps done.</summary>
    [JsonPropertyName("step")]
    public long Step { get; init; }

    /// <summary>Optimizer updates made.</summary>
    [JsonPropertyName("updates")]
    public long Updates { get; init; }

    /// <summary>Prompts drawn; more than steps x prompts_per_step with dynamic sampling.</summary>
    [JsonPropertyName("prompts")]
    public long Prompts { get; init; }

    /// <summary>Tokens of prompts and completions trained on.</summary>
    [JsonPropertyName("num_tokens")]
    public long Tokens { get; init; }

    public void Save(string folder) => System.IO.File.WriteAllText(Path.Combine(folder, File), JsonSerializer.Serialize(this));

    public static GrpoProgress Load(string folder) =>
        JsonSerializer.Deserialize<GrpoProgress>(System.IO.File.ReadAllText(Path.Combine(folder, File))) ?? throw new TrainingException($"{Path.Combine(folder, File)} is empty");
}
