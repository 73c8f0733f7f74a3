using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Training.Stages;

namespace Cerise.Cli.Inspecting;

/// <summary>Looks at rows with what is known of a model: its tokenizer, its chat template, its vocabulary.</summary>
/// <param name="tokenizer">Null where there is none: rows are then shown without tokens.</param>
/// <param name="template">The chat template; null where there is none.</param>
/// <param name="facts">The model's vocabulary and where it stops.</param>
internal sealed class DataInspector(Tokenizer? tokenizer, ChatTemplate? template, ModelFacts facts)
{
    /// <summary>How conversations become tokens.</summary>
    public ChatTokenizerOptions Options { get; init; } = new();

    /// <summary>The layout to read rows as; null for the one their columns say.</summary>
    public ConversationLayout? Layout { get; init; }

    /// <summary>Loads what a model folder, or a tokenizer's, holds.</summary>
    /// <param name="model">A model's folder, or an adapter's; null for none.</param>
    /// <param name="tokenizer">A tokenizer's folder or file; null for the model's.</param>
    /// <param name="template">A template's file or a folder with one; null for the one beside the tokenizer.</param>
    public static (Tokenizer? Tokenizer, ChatTemplate? Template, ModelFacts Facts) Load(string? model, string? tokenizer, string? template)
    {
        ModelSource? source = model is null ? null : ModelSource.Find(model);
        string? path = tokenizer ?? source?.Tokenizer;
        if (path is null)
            return (null, template is null ? null : ChatTemplate.Load(template), ModelFacts.None);
        Tokenizer loaded = Tokenizer.Load(path);
        ChatTemplate? chat = template is not null ? ChatTemplate.Load(template)
            : ChatTemplate.TryLoad(Directory.Exists(path) ? path : Path.GetDirectoryName(Path.GetFullPath(path))!) ?? (source is null ? null : ChatTemplate.TryLoad(source.Model));
        return (loaded, chat, source is null ? ModelFacts.None : ModelFacts.Of(source.Model, loaded));
    }

    /// <summary>
    /// Reads conversations as the trainer does; null where the first row is none, or there is nothing to make tokens with: such rows are shown column by column.
    /// </summary>
    /// <param name="title">What the rows are called.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="most">Rows to show.</param>
    public Inspection? Inspect(string title, IEnumerable<Row> rows, int most)
    {
        using IEnumerator<Row> all = rows.GetEnumerator();
        var reader = new ConversationReader(Layout);
        if (tokenizer is null || !all.MoveNext() || (Layout is null && !ConversationReader.IsConversation(all.Current)))
            return null;
        ConversationLayout layout = reader.LayoutOf(all.Current);
        if (layout == ConversationLayout.Preference)
            return null;
        var chat = new ChatTokenizer(tokenizer, template, Options);
        return Inspection.Of(
            title, new ChatRows(chat, reader, dropBadRows: true).Read(Rest(all)), chat, facts, asPrompts: layout == ConversationLayout.Prompt, most);
    }

    /// <summary>Reads prompts that a text around a question makes, as stage <c>grpo</c> does with a template.</summary>
    /// <param name="title">What the rows are called.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="prompt">Makes the prompt of a row.</param>
    /// <param name="most">Rows to show.</param>
    public Inspection? InspectPrompts(string title, IEnumerable<Row> rows, Func<Row, string> prompt, int most)
    {
        if (tokenizer is null)
            return null;
        var chat = new ChatTokenizer(tokenizer, template, Options);
        return Inspection.Of(title, rows.Select(row => new ChatRow(row, chat.Encode(Plain(row, prompt(row))), null)), chat, facts, asPrompts: true, most);
    }

    private static Conversation Plain(Row row, string prompt)
        => new() { Plain = new PlainText(prompt, null), Layout = ConversationLayout.Prompt, File = row.File, Line = row.Line };

    private static IEnumerable<Row> Rest(IEnumerator<Row> rows)
    {
        do
            yield return rows.Current;
        while (rows.MoveNext());
    }
}
