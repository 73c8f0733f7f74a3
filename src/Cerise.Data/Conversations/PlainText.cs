namespace Cerise.Data.Conversations;

/// <summary>A row of text without roles, which no template renders: tokenized as it is.</summary>
/// <param name="Prompt">What is given. The tokenizer's own tokens, such as BOS, come before it.</param>
/// <param name="Completion">What is trained, ended by the end-of-text token; null for a prompt alone.</param>
public sealed record PlainText(string Prompt, string? Completion);
