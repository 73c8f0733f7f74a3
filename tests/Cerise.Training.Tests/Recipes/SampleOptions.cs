using System.Text.Json;
using Cerise.Training.Recipes;

namespace Cerise.Training.Tests.Recipes;

public enum SampleLoss { Grpo, DrGrpo, Dapo, K3 }

/// <summary>A nested record, as a trainer's LoRA settings would be.</summary>
public sealed record SampleLora
{
    /// <summary>Rank of the update.</summary>
    public int Rank { get; init; } = 8;

    public double Alpha { get; init; } = 16;
}

/// <summary>Every type of setting once.</summary>
public sealed record SampleOptions : IOptions
{
    /// <summary>Step size of <see cref="MaxSteps"/> steps,
    /// the <c>peak</c> of the schedule.</summary>
    public double LearningRate { get; init; } = 1e-6;

    public int MaxSteps { get; init; } = 100;

    public long NumTokens { get; init; } = 5_000_000_000;

    public float Temperature { get; init; } = 0.7f;

    public bool MaskTruncatedCompletions { get; init; }

    public string Output { get; init; } = "model";

    public string? Model { get; init; }

    public double? Delta { get; init; }

    public SampleLoss LossType { get; init; } = SampleLoss.DrGrpo;

    public IReadOnlyList<double> RewardWeights { get; init; } = [1, 0.5];

    public string[] Stop { get; init; } = [];

    public IReadOnlyDictionary<string, double> Mixture { get; init; } = new Dictionary<string, double>();

    public IReadOnlyList<SampleLora> Adapters { get; init; } = [];

    public SampleLora Lora { get; init; } = new() { Rank = 4 };

    public JsonElement Rewards { get; init; } = JsonDocument.Parse("[]").RootElement;

    public int NumGenerations { get; init; } = 8;

    public int Computed => MaxSteps * NumGenerations;

    public IEnumerable<string> Faults()
    {
        if (NumGenerations < 2)
            yield return $"num_generations is {NumGenerations}; GRPO compares completions within a group, use 2 or more";
    }
}

/// <summary>A record with a setting that must be given.</summary>
public sealed record RequiredOptions
{
    public required string Model { get; init; }

    public int Epochs { get; init; } = 1;
}
