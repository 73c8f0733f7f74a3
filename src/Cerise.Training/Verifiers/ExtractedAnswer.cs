namespace Cerise.Training.Verifiers;

/// <summary>An answer found in a response.</summary>
/// <param name="Text">The answer as written, trimmed.</param>
/// <param name="Rule">The rule that found it.</param>
public readonly record struct ExtractedAnswer(string Text, AnswerRule Rule);
