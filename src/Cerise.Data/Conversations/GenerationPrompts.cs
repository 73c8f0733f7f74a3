using System.Text.Json.Nodes;

namespace Cerise.Data.Conversations;

/// <summary>What a template appends to ask for an answer, at each place of a conversation.</summary>
internal static class GenerationPrompts
{
    /// <summary>What is appended when the messages end here; null where the template refuses that, or there is no turn yet to append it to.</summary>
    /// <param name="renderer">The template.</param>
    /// <param name="variables">The conversation up to here; its <c>add_generation_prompt</c> is changed.</param>
    public static string? At(ChatRenderer renderer, JsonObject variables)
    {
        try
        {
            variables["add_generation_prompt"] = false;
            string without = renderer.Render(variables);
            variables["add_generation_prompt"] = true;
            RenderedChat with = renderer.RenderWithOrigins(variables);
            int turnsEnd = TurnsEnd(with);
            // It begins where the renders part, but never after the last turn: what some templates write in its place would share first characters with it.
            return turnsEnd == 0 ? null : with.Text[Math.Min(without.AsSpan().CommonPrefixLength(with.Text), turnsEnd)..];
        }
        catch (ChatTemplateException)
        {
            return null;
        }
    }

    /// <summary>What is appended to a question in a conversation of nothing else; null where the template refuses that, or has no turns.</summary>
    public static string? Usual(ChatRenderer renderer, Conversation conversation)
        => At(renderer, renderer.Variables(conversation, [new Message(MessageRoles.User, "question")], addGenerationPrompt: true));

    /// <summary>Where the last turn ends; the end of the text where messages are written without a loop over them, and 0 where none are.</summary>
    private static int TurnsEnd(RenderedChat chat)
    {
        for (int i = chat.Origins.Count - 1; i >= 0; i--)
            if (chat.Origins[i].Turn >= 0)
                return chat.Origins[i].Start + chat.Origins[i].Length;
        return chat.Origins.Any(origin => origin.Message >= 0) ? chat.Text.Length : 0;
    }
}
