using Cerise.Models.Generation;
using Cerise.Tensors;

namespace Cerise.Training.Inference;

/// <summary>How a <see cref="LocalEngine"/> is set up.</summary>
public sealed record LocalEngineOptions
{
    /// <summary>Name told to clients; null for the model folder's (default).</summary>
    public string? ModelName { get; init; }

    /// <summary>Threads that compute; 0 for one a core (default). No answer depends on it.</summary>
    public int Threads { get; init; }

    /// <summary>The type weights are stored in; null for the folder's (default).</summary>
    public DType? DType { get; init; }

    /// <summary>Most tokens of prompt and completion; null for the model's (default).</summary>
    public int? ContextLength { get; init; }

    /// <summary>Source of the draws of requests that name no seed: the n-th such request always draws alike. Default 0.</summary>
    public long Seed { get; init; }

    /// <summary>How much is done at once.</summary>
    public GenerationServiceOptions Service { get; init; } = new();
}
