namespace Cerise.Studio.Wire;

/// <summary>Something to complete.</summary>
/// <param name="Text">A text; null where ids are given.</param>
/// <param name="Ids">Token ids; null where a text is given.</param>
internal sealed record CompletionPrompt(string? Text, IReadOnlyList<int>? Ids);
