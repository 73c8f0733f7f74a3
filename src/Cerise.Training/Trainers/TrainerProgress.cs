using System.Text.Json;
using System.Text.Json.Serialization;

namespace Cerise.Training.Trainers;

/// <summary>Where a run is, beyond its weights: all that its next step depends on.</summary>
internal sealed record TrainerProgress
{
    private const string File = "trainer.json";

    /// <summary>Steps done.</summary>
    [JsonPropertyName("step")]
    public long Step { get; init; }

    /// <summary>Optimizer updates made.</summary>
    [JsonPropertyName("updates")]
    public long Updates { get; init; }

    /// <summary>Prompts drawn; with dynamic sampling more than steps x prompts_per_step. 0 in supervised stages.</summary>
    [JsonPropertyName("prompts")]
    public long Prompts { get; init; }

    /// <summary>Tokens of all sequences so far.</summary>
    [JsonPropertyName("num_tokens")]
    public long Tokens { get; init; }

    /// <summary>The best evaluation loss so far; null before the first.</summary>
    [JsonPropertyName("best_eval_loss")]
    public double? BestEvalLoss { get; init; }

    /// <summary>Evaluations since the loss last fell by more than the threshold.</summary>
    [JsonPropertyName("evaluations_without_progress")]
    public int EvaluationsWithoutProgress { get; init; }

    /// <summary>Whether the run has ended before its last step, for want of progress.</summary>
    [JsonPropertyName("stopped_early")]
    public bool StoppedEarly { get; init; }

    public void Save(string folder) => System.IO.File.WriteAllText(Path.Combine(folder, File), JsonSerializer.Serialize(this));

    public static TrainerProgress Load(string folder) =>
        JsonSerializer.Deserialize<TrainerProgress>(PlainFile.ReadAllText(Path.Combine(folder, File))) ?? throw new TrainingException($"{Path.Combine(folder, File)} is empty");
}
