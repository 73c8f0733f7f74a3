using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Training.Stages;

namespace Cerise.Cli.Inspecting;

/// <summary>Looks at rows with what is known of a model: its tokenizer, its chat template, its vocabulary.</summary>
/// <param name="text">Tokenizer and chat template; null where there is none: rows are then shown without tokens.</param>
/// <param name="facts">The model's vocabulary and where it stops.</param>
internal sealed class DataInspector(ModelText? text, ModelFacts facts)
{
    /// <summary>How conversations become tokens.</summary>
    public ChatTokenizerOptions Options { get; init; } = new();

    /// <summary>The layout to read rows as; null for the one their columns say.</summary>
    public ConversationLayout? Layout { get; init; }

    /// <summary>Loads what a model folder, or a tokenizer's, holds.</summary>
    /// <param name="model">A model's folder, or an adapter's; null for none.</param>
    /// <param name="tokenizer">A tokenizer's folder or file; null for the model's.</param>
    /// <param name="template">A template's file, a folder with one, or <c>chatml</c>; null for the one beside the tokenizer.</param>
    /// <param name="eosToken">The token that ends a turn, in the place of the tokenizer's; null for the tokenizer's.</param>
    public static (ModelText? Text, ModelFacts Facts) Load(string? model, string? tokenizer, string? template, string? eosToken)
    {
        ModelSource? source = model is null ? null : ModelSource.Find(model);
        ModelSource? words = tokenizer is null ? source : new ModelSource(tokenizer, null);
        if (words is null)
            return (null, ModelFacts.None);
        var text = ModelText.Load(words, template ?? "", eosToken ?? "");
        return (text, source is null ? ModelFacts.None : ModelFacts.Of(source.Model, text.Tokenizer));
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
        if (text is null || !all.MoveNext() || (Layout is null && !ConversationReader.IsConversation(all.Current)))
            return null;
        ConversationLayout layout = reader.LayoutOf(all.Current);
        if (layout == ConversationLayout.Preference)
            return null;
        ChatTokenizer chat = text.Chat(Options);
        return Inspection.Of(
            title, new ChatRows(chat, reader, dropBadRows: true).Read(Rest(all)), chat, facts, asPrompts: layout == ConversationLayout.Prompt, most);
    }

    private static IEnumerable<Row> Rest(IEnumerator<Row> rows)
    {
        do
            yield return rows.Current;
        while (rows.MoveNext());
    }
}
