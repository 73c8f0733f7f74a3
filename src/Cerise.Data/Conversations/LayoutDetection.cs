using Cerise.Data.Datasets;

namespace Cerise.Data.Conversations;

/// <summary>Which layout a row has, by its columns.</summary>
internal static class LayoutDetection
{
    // Those before the line are whole examples: a row that fits two of them does not say which it means. Those after it are what such rows often
    // carry along (the rendered text, the first question), and count only where there is nothing else.
    private static readonly (ConversationLayout Layout, string[] Columns)[] Examples =
    [
        (ConversationLayout.Messages, [DatasetColumns.Messages]),
        (ConversationLayout.Sharegpt, [ConversationColumns.Conversations]),
        (ConversationLayout.Alpaca, [ConversationColumns.Instruction, ConversationColumns.Output]),
        (ConversationLayout.Preference, [DatasetColumns.Prompt, DatasetColumns.Chosen, DatasetColumns.Rejected]),
        (ConversationLayout.PromptCompletion, [DatasetColumns.Prompt, DatasetColumns.Completion]),
    ];

    private static readonly (ConversationLayout Layout, string[] Columns)[] Remainders =
    [
        (ConversationLayout.Text, [DatasetColumns.Text]),
        (ConversationLayout.Prompt, [DatasetColumns.Prompt]),
    ];

    /// <summary>The layout of a row; null where it has none that is known.</summary>
    /// <exception cref="DatasetException">It fits two.</exception>
    public static ConversationLayout? Find(Row row)
    {
        ConversationLayout[] found = [.. Examples.Where(known => known.Columns.All(row.Has)).Select(known => known.Layout)];
        if (found.Length > 1)
        {
            throw row.Fault(
                $"can be read as {string.Join(" and as ", found.Select(Describe))}: the row has {row.ColumnList}. Choose one with layout, or map the other's columns away.");
        }
        // A column that is there but empty counts last: what is wrong with the row then is that column.
        return found.Length == 1 ? found[0]
            : Remainders.Where(known => known.Columns.All(row.Has)).Concat(Examples.Where(known => known.Columns.All(column => row.TryGet(column, out _))))
                .Select(known => (ConversationLayout?)known.Layout).FirstOrDefault();
    }

    /// <summary>The layout of a row.</summary>
    /// <exception cref="DatasetException">It fits two, or none: says what was found and what is known.</exception>
    public static ConversationLayout Require(Row row) => Find(row) ?? throw row.Fault(
        $"is no conversation: the row has {row.ColumnList}; known are {string.Join("; ", Examples.Concat(Remainders).Select(known => Describe(known.Layout)))}. "
        + "Map the columns, as in columns: {instruction: question, output: answer}.");

    /// <summary>A layout with its columns, for messages.</summary>
    public static string Describe(ConversationLayout layout)
    {
        string[] columns = Examples.Concat(Remainders).First(known => known.Layout == layout).Columns;
        string name = layout == ConversationLayout.PromptCompletion ? "prompt_completion" : layout.ToString().ToLowerInvariant();
        return $"{name} ({string.Join(" + ", columns)})";
    }
}
