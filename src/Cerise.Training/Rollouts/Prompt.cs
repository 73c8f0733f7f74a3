using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;

namespace Cerise.Training.Rollouts;

/// <summary>A prompt to sample from, with what its rewards need to know.</summary>
/// <param name="Text">As the model sees it.</param>
/// <param name="Ids">Its tokens.</param>
/// <param name="Columns">The dataset row's columns, such as <c>answer</c>.</param>
public sealed record Prompt(string Text, IReadOnlyList<int> Ids, IReadOnlyDictionary<string, JsonElement> Columns)
{
    /// <summary>Reads prompts: conversations through the chat template, texts of a <c>prompt</c> column as they are, or a template filled from the <c>question</c> column.</summary>
    /// <param name="rows">The dataset.</param>
    /// <param name="chat">The model's tokenizer and chat template.</param>
    /// <param name="template">Text with <c>{question}</c> in it; null where rows have prompts or messages.</param>
    /// <exception cref="DatasetException">A row has neither, or the chat template refuses it or is missing.</exception>
    public static IReadOnlyList<Prompt> Read(IEnumerable<Row> rows, ChatTokenizer chat, string? template = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(chat);
        ConversationReader reader = new();
        List<Prompt> prompts = [];
        foreach (Row row in rows)
        {
            (string text, IReadOnlyList<int> ids) = Ask(row, chat, reader, template);
            prompts.Add(new Prompt(text, ids, row.Columns.ToDictionary(column => column, column => row[column].Clone())));
        }
        return prompts;
    }

    private static (string Text, IReadOnlyList<int> Ids) Ask(Row row, ChatTokenizer chat, ConversationReader reader, string? template)
    {
        bool isText = template is not null || !row.Columns.Contains(DatasetColumns.Messages) && (!row.Columns.Contains(DatasetColumns.Prompt) || row[DatasetColumns.Prompt].ValueKind == JsonValueKind.String);
        if (isText)
        {
            string text = template is null ? row.GetString(DatasetColumns.Prompt) : Tasks.PromptTemplate.Fill(template, row.GetString("question"));
            return (text, chat.Tokenizer.EncodePrompt(text));
        }
        ChatPrompt prompt = chat.Prompt(reader.Read(row));
        return (prompt.Text, prompt.Ids);
    }
}
