using Cerise.Tensors;

namespace Cerise.Models.Generation;

/// <summary>A prompt of which completions are wanted.</summary>
/// <param name="PromptIds">Tokens of the prompt, at least one.</param>
/// <param name="Samples">How many completions.</param>
/// <param name="Seed">Source of their draws: sample i uses <c>Seed.Fork(i)</c>, token t of it number t.</param>
public sealed record GenerationRequest(IReadOnlyList<int> PromptIds, int Samples, Seed Seed);
