namespace Cerise.Models;

/// <summary>A prompt and what follows it: each continuation is a sequence of its own that begins with the prompt.</summary>
/// <param name="Prompt">Tokens all sequences begin with, never scored; may be empty.</param>
/// <param name="Continuations">Tokens of each after the prompt, and for each token whether it is scored.</param>
public sealed record SequenceGroup(IReadOnlyList<int> Prompt, IReadOnlyList<(IReadOnlyList<int> Ids, IReadOnlyList<bool> Scored)> Continuations);
