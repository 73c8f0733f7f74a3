using System.Text.Json;
using Cerise.Tensors;

namespace Cerise.Training.Tasks;

/// <summary>Conversations on disk, as JSON lines with a <c>messages</c> column.</summary>
internal static class ChatFiles
{
    /// <summary>Writes conversations to train on and held-out questions, about the same held-out stories as the task's evaluation.</summary>
    /// <param name="stories">The task.</param>
    /// <param name="seed">The task's.</param>
    /// <param name="folder">
    /// Where to write <c>conversations.jsonl</c> (<c>messages</c>, <c>polarity</c>, <c>pair_id</c>), and with <c>messages</c> and <c>answer</c> <c>chat_totals.jsonl</c>,
    /// <c>chat_careless.jsonl</c> (the same under the negative prompt) and <c>chat_follow_ups.jsonl</c>.
    /// </param>
    /// <param name="options">How many, and how.</param>
    /// <param name="files">The task's other files.</param>
    /// <param name="evaluationProblems">How many held-out stories there are.</param>
    /// <param name="exclude">Questions that others hold out.</param>
    /// <returns>The path of the conversations to train on.</returns>
    /// <exception cref="Evaluation.ContaminationException">A held-out question occurs in a conversation.</exception>
    public static string Write(
        StoryTask stories, Seed seed, string folder, StoryChatOptions options, TaskFiles files, int evaluationProblems, IReadOnlySet<string> exclude)
    {
        StoryProblem[] heldOut = [.. stories.Generate(seed.Fork("evaluation"), evaluationProblems)];
        HashSet<string> questions = [.. exclude, .. heldOut.Select(story => story.Question)];
        string conversations = Path.Combine(folder, "conversations.jsonl");
        Write(conversations, StoryChat.Training(stories, seed.Fork("chat"), options, questions));
        Write(Path.Combine(folder, "chat_totals.jsonl"), StoryChat.Totals(heldOut, options.SystemPrompt));
        Write(Path.Combine(folder, "chat_careless.jsonl"), StoryChat.Totals(heldOut, options.NegativeSystemPrompt));
        Write(Path.Combine(folder, "chat_follow_ups.jsonl"), StoryChat.FollowUps(heldOut, options.SystemPrompt, seed.Fork("follow-ups")));
        ContaminationCheck.Run(files.Evaluation, conversations);
        return conversations;
    }

    private static void Write(string path, IEnumerable<StoryConversation> rows) => JsonLines.Write(path, rows, WriteColumns);

    private static void WriteColumns(Utf8JsonWriter json, StoryConversation row)
    {
        json.WriteStartArray("messages");
        foreach ((string role, string content) in row.Messages)
        {
            json.WriteStartObject();
            json.WriteString("role", role);
            json.WriteString("content", content);
            json.WriteEndObject();
        }
        json.WriteEndArray();
        if (row.Answer is not null)
        {
            json.WriteString("answer", row.Answer);
            json.WriteString("question", row.Question);
            json.WriteString("guess", "^The answer is");
        }
        else
        {
            json.WriteNumber("polarity", row.Polarity);
            if (row.PairId is not null)
                json.WriteString("pair_id", row.PairId);
        }
    }
}
