using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>What a conversation has to be like whatever the template.</summary>
internal static class ConversationRules
{
    /// <summary>Checks a conversation, and gives tools' answers the ids of the calls they answer.</summary>
    /// <exception cref="DatasetException">It is none: names file, line and message.</exception>
    public static IReadOnlyList<Message> Check(Row row, List<Message> messages)
    {
        List<string> open = [];                                            // calls not yet answered
        for (int i = 0; i < messages.Count; i++)
        {
            Message message = messages[i];
            if (message.Role == MessageRoles.Tool)
                messages[i] = Answer(row, messages, i, open);
            else if (message.Role == MessageRoles.Assistant)
                open = [.. message.ToolCalls.Select(call => call.Id)];
            else if (message.ToolCalls.Count > 0)
                throw Fault(row, messages, i, "calls a tool; only the assistant may");
            RequireContent(row, messages, i);
        }
        return messages;
    }

    /// <summary>Puts a system prompt that stands beside the messages before them.</summary>
    /// <exception cref="DatasetException">The messages begin with another one.</exception>
    public static void AddSystem(Row row, string? system, List<Message> messages)
    {
        if (string.IsNullOrEmpty(system))
            return;
        if (messages is [{ Role: MessageRoles.System } first, ..])
        {
            if (first.Text != system)
                throw row.Fault(ConversationColumns.System, "differs from the system message with which the conversation begins; keep one of them");
            return;
        }
        messages.Insert(0, new Message(MessageRoles.System, system));
    }

    private static Message Answer(Row row, List<Message> messages, int index, List<string> open)
    {
        Message answer = messages[index];
        if (open.Count == 0)
            throw Fault(row, messages, index, "is a tool's answer, but no call is open: it has to follow the assistant's call, one answer a call");
        string id = answer.ToolCallId ?? open[0];
        if (!open.Remove(id))
            throw Fault(row, messages, index, $"answers the call '{id}'; open are {string.Join(", ", open.Select(call => $"'{call}'"))}");
        return answer with { ToolCallId = id };
    }

    private static void RequireContent(Row row, List<Message> messages, int index)
    {
        Message message = messages[index];
        bool mayBeEmpty = message.Role switch
        {
            MessageRoles.User => false,
            MessageRoles.Assistant => message.ToolCalls.Count > 0 || message.Extras.Count > 0,
            _ => true,                                                     // an empty system prompt stands for "none", a tool may have nothing to say
        };
        if (!mayBeEmpty && !message.HasContent)
            throw Fault(row, messages, index, message.Reasoning is null ? "says nothing" : "has thoughts but says nothing");
    }

    private static DatasetException Fault(Row row, List<Message> messages, int index, string problem)
        => row.Fault(FormattableString.Invariant($"message {index + 1} ({messages[index].Role}) {problem}."));
}
