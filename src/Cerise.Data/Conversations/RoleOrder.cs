namespace Cerise.Data.Conversations;

/// <summary>Whether the speakers of a conversation come in the order in which a model meets them at inference.</summary>
internal static class RoleOrder
{
    /// <summary>What is unusual first: who speaks out of turn. Null where system prompts come first, then questions and answers in turn.</summary>
    /// <remarks>A tool answers between calls and answers, so whatever follows it is in turn.</remarks>
    public static string? Oddity(IReadOnlyList<Message> messages)
    {
        string? before = null;                                             // who spoke last, system prompts at the beginning apart
        for (int i = 0; i < messages.Count; i++)
        {
            Message message = messages[i];
            bool isSystem = message.Role is MessageRoles.System or MessageRoles.Developer;
            if (isSystem && before is null)
                continue;
            string? odd = isSystem ? "comes after the conversation has begun"
                : message.Role == MessageRoles.Assistant && before is null ? "answers before anything is asked"
                : message.Role == MessageRoles.Assistant && before == MessageRoles.Assistant ? "follows another answer"
                : message.Role == MessageRoles.User && before == MessageRoles.User ? "follows another question"
                : null;
            if (odd is not null)
                return FormattableString.Invariant($"message {i + 1} ({message.Role}) {odd}");
            before = message.Role;
        }
        return before == MessageRoles.User && messages.Any(message => message.Role == MessageRoles.Assistant)
            ? FormattableString.Invariant($"message {messages.Count} ({before}) is never answered")
            : null;
    }
}
