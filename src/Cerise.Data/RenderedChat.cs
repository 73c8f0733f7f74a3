namespace Cerise.Data;

/// <summary>A conversation as a template wrote it.</summary>
/// <param name="Text">The text, to be tokenized without adding special tokens.</param>
/// <param name="Origins">Where its characters come from: runs in order that cover the whole text.</param>
public sealed record RenderedChat(string Text, IReadOnlyList<TextOrigin> Origins);
