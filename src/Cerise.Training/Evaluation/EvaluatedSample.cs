using Cerise.Training.Rollouts;

namespace Cerise.Training.Evaluation;

/// <summary>A completion and its verdict.</summary>
/// <param name="Rollout">The completion.</param>
/// <param name="IsCorrect">Whether its answer is right.</param>
/// <param name="IsWellFormed">Whether it has the asked form; null where none is asked for.</param>
/// <param name="Answer">The answer that was read; null where there was none.</param>
public sealed record EvaluatedSample(Rollout Rollout, bool IsCorrect, bool? IsWellFormed, string? Answer);
