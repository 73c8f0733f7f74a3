namespace Cerise.Data.Conversations;

/// <summary>A better and a worse answer to the same prompt.</summary>
/// <param name="Chosen">The conversation with the better answer.</param>
/// <param name="Rejected">The conversation with the worse one.</param>
public sealed record PreferencePair(Conversation Chosen, Conversation Rejected);
