using System.Globalization;
using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;

namespace Cerise.Cli.Inspecting;

/// <summary>Shows rows that are no conversations, column by column, and counts them all.</summary>
/// <param name="tokenizer">Counts tokens; null for not.</param>
/// <param name="output">Where to.</param>
internal sealed class RowView(Tokenizer? tokenizer, TextWriter output)
{
    private const int MostCharacters = 300;

    private readonly SortedDictionary<string, (long Rows, long Tokens, int Longest)> _columns = new(StringComparer.Ordinal);

    /// <summary>Shows the first rows, then what all of them hold.</summary>
    /// <param name="rows">Read to their end, so that every line is checked.</param>
    /// <param name="most">Rows to show.</param>
    public void Show(IEnumerable<Row> rows, int most)
    {
        long count = 0;
        string? kind = null;
        foreach (Row row in rows)
        {
            kind ??= Kind(row);
            Count(row);
            if (count++ < most)
                Show(row);
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} rows{(kind is null ? "" : $", {kind}")}"));
        foreach ((string column, (long filled, long tokens, int longest)) in _columns)
        {
            FormattableString lengths = $", {tokens} tokens, {(double)tokens / filled:F1} on average, {longest} at most";
            output.WriteLine(FormattableString.Invariant($"  {column}: {filled} filled") + (tokens == 0 ? "" : FormattableString.Invariant(lengths)));
        }
    }

    private static string? Kind(Row row)
    {
        try
        {
            DatasetType type = DatasetType.Detect(row);
            string kind = Training.Recipes.SnakeCase.From(type.Kind.ToString()).Replace('_', ' ');
            return type.IsConversational ? $"{kind}, conversational" : kind;
        }
        catch (DatasetException)
        {
            return null;                                                   // rows for a verifier have no kind, and can be looked at all the same
        }
    }

    private void Count(Row row)
    {
        foreach (string column in row.Columns.Where(row.Has))
        {
            (long rows, long tokens, int longest) = _columns.GetValueOrDefault(column);
            int length = tokenizer is not null && IsText(row, column) ? tokenizer.Encode(row.GetString(column), addSpecialTokens: false).Length : 0;
            _columns[column] = (rows + 1, tokens + length, Math.Max(longest, length));
        }
    }

    private void Show(Row row)
    {
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"row {(row.Number > 0 ? row.Number : row.Line)}"));
        if (Messages(row) is { Count: > 0 } messages)
        {
            foreach (Message message in messages)
                output.WriteLine(TerminalText.Safe($"  {message.Role}: {Said(message)}"));
            return;
        }
        foreach (string column in row.Columns)
            output.WriteLine(TerminalText.Safe($"  {column}: {Shortened(row[column].GetRawText())}"));
    }

    private static bool IsText(Row row, string column) => row.TryGet(column, out JsonElement value) && value.ValueKind == JsonValueKind.String;

    private static IReadOnlyList<Message> Messages(Row row)
    {
        try
        {
            return ConversationReader.IsConversation(row) ? new ConversationReader().Read(row).Messages : [];
        }
        catch (DatasetException)
        {
            return [];                                                     // shown column by column, as it is
        }
    }

    private static string Said(Message message)
    {
        IEnumerable<string> calls = message.ToolCalls.Select(call => $"calls {call.Name} {call.Arguments.GetRawText()}");
        IEnumerable<string> parts = message.Text.Length > 0 || message.ToolCalls.Count == 0 ? [JsonLine.Quote(message.Text)] : [];
        return Shortened(string.Join(' ', parts.Concat(calls))) + (message is { Role: MessageRoles.Assistant, Train: false } ? " (not trained)" : "");
    }

    private static string Shortened(string text)
        => text.Length <= MostCharacters ? text : FormattableString.Invariant($"{text[..MostCharacters]}... ({text.Length} characters)");
}
