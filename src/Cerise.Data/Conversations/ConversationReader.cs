using System.Text.Json;
using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Makes conversations of rows in every common layout, told by their columns.</summary>
/// <param name="layout">The layout to read rows as; null (default) for the one their columns say.</param>
public sealed class ConversationReader(ConversationLayout? layout = null)
{
    /// <summary>Whether a row's columns are those of a layout.</summary>
    /// <exception cref="DatasetException">They are those of two.</exception>
    public static bool IsConversation(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return LayoutDetection.Find(row) is not null;
    }

    /// <summary>The layout as which a row is read.</summary>
    /// <exception cref="DatasetException">The row has none, or fits two.</exception>
    public ConversationLayout LayoutOf(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        return layout ?? LayoutDetection.Require(row);
    }

    /// <summary>Reads a row that holds one example.</summary>
    /// <exception cref="DatasetException">The row is none: names file and line, and what is wrong.</exception>
    public Conversation Read(Row row)
    {
        ArgumentNullException.ThrowIfNull(row);
        ConversationLayout found = LayoutOf(row);
        return found switch
        {
            ConversationLayout.Messages => Checked(row, found, new MessageReader(row, DatasetColumns.Messages).Read()),
            ConversationLayout.Sharegpt => Checked(row, found, new MessageReader(row, ConversationColumns.Conversations).Read()),
            ConversationLayout.Alpaca => Checked(row, found, AlpacaMessages(row)),
            ConversationLayout.PromptCompletion => PromptAnd(row, found, DatasetColumns.Completion),
            ConversationLayout.Text => Described(row, found) with { Plain = new PlainText("", Text(row, DatasetColumns.Text)) },
            ConversationLayout.Prompt => PromptAnd(row, found, null),
            _ => throw row.Fault("holds two answers, chosen and rejected. To train on the better one alone, map columns: {completion: chosen}."),
        };
    }

    /// <summary>Reads a row that holds a better and a worse answer.</summary>
    /// <exception cref="DatasetException">The row is none: names file and line, and what is wrong.</exception>
    public PreferencePair ReadPair(Row row)
    {
        ConversationLayout found = LayoutOf(row);
        return found == ConversationLayout.Preference
            ? new PreferencePair(PromptAnd(row, found, DatasetColumns.Chosen), PromptAnd(row, found, DatasetColumns.Rejected))
            : throw row.Fault($"is {LayoutDetection.Describe(found)}; {LayoutDetection.Describe(ConversationLayout.Preference)} is expected.");
    }

    private static Conversation PromptAnd(Row row, ConversationLayout layout, string? answer)
    {
        bool isConversation = Cell.HoldsList(row, DatasetColumns.Prompt);
        if (answer is not null && isConversation != Cell.HoldsList(row, answer))
            throw row.Fault($"has a prompt that is {Kind(isConversation)} and a {answer} that is {Kind(!isConversation)}; both have to be of one kind.");
        if (!isConversation)
        {
            return Described(row, layout) with
            {
                Plain = new PlainText(row.GetString(DatasetColumns.Prompt), answer is null ? null : Text(row, answer)),
            };
        }
        // Answers within the prompt are what was said before; only the completion is to be learned.
        List<Message> messages = [.. new MessageReader(row, DatasetColumns.Prompt).Read().Select(message => message with { Train = false })];
        if (answer is not null)
            messages.AddRange(new MessageReader(row, answer).Read());
        return Checked(row, layout, messages);

        static string Kind(bool isList) => isList ? "a list of messages" : "text";
    }

    private static List<Message> AlpacaMessages(Row row)
    {
        List<Message> messages = [];
        foreach (JsonElement pair in Cell.List(row, ConversationColumns.History))
        {
            if (pair.ValueKind != JsonValueKind.Array || pair.GetArrayLength() != 2 || pair.EnumerateArray().Any(said => said.ValueKind != JsonValueKind.String))
                throw row.Fault(ConversationColumns.History, "holds something else than pairs of a question and an answer");
            messages.Add(new Message(MessageRoles.User, pair[0].GetString()));
            messages.Add(new Message(MessageRoles.Assistant, pair[1].GetString()));
        }
        string instruction = row.GetString(ConversationColumns.Instruction), input = row.GetOptionalString(ConversationColumns.Input) ?? "";
        string question = string.Join('\n', new[] { instruction, input }.Where(part => part.Length > 0));
        messages.Add(new Message(MessageRoles.User, question));
        messages.Add(new Message(MessageRoles.Assistant, row.GetString(ConversationColumns.Output)));
        return messages;
    }

    private static Conversation Checked(Row row, ConversationLayout layout, List<Message> messages)
    {
        ConversationRules.AddSystem(row, row.GetOptionalString(ConversationColumns.System), messages);
        Conversation conversation = Described(row, layout) with { Messages = ConversationRules.Check(row, messages) };
        if (conversation is { Polarity: -1, System: null or "" })
        {
            throw row.Fault(ConversationColumns.Polarity,
                "is -1, but there is no system prompt: a bad answer has to stand under a system prompt that asks for it, or the model learns to answer badly");
        }
        return conversation;
    }

    private static Conversation Described(Row row, ConversationLayout layout)
    {
        var variables = Cell.Properties(row, ConversationColumns.TemplateVariables).ToDictionary(property => property.Name, property => property.Value);
        if (row.Has(ConversationColumns.EnableThinking))
            variables[ConversationColumns.EnableThinking] = row.GetBool(ConversationColumns.EnableThinking) ? Cell.Parse("true") : Cell.Parse("false");
        return new Conversation
        {
            Tools = ToolReader.Read(row),
            Documents = Cell.List(row, ConversationColumns.Documents),
            Variables = variables,
            Polarity = PolarityOf(row),
            PairId = IdOf(row),
            Layout = layout,
            File = row.File,
            Line = row.Line,
            Number = row.Number,
        };
    }

    private static int PolarityOf(Row row)
    {
        if (!row.Has(ConversationColumns.Polarity))
            return 1;
        long polarity = row.GetInt64(ConversationColumns.Polarity);
        return polarity is 1 or -1 ? (int)polarity : throw row.Fault(ConversationColumns.Polarity, "is neither 1 (to follow) nor -1 (a bad example)");
    }

    private static string? IdOf(Row row) => !row.Has(ConversationColumns.PairId) ? null
        : row[ConversationColumns.PairId].ValueKind == JsonValueKind.String ? row.GetString(ConversationColumns.PairId)
        : row[ConversationColumns.PairId].GetRawText();

    private static string Text(Row row, string column)
        => row.GetString(column) is { Length: > 0 } text ? text : throw row.Fault(column, "is empty");
}
