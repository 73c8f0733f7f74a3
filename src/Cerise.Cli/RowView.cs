using System.Globalization;
using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Datasets;

namespace Cerise.Cli;

/// <summary>Shows rows of a dataset for people, and counts them all.</summary>
/// <param name="tokenizer">Counts tokens and shows the mask; null for neither.</param>
/// <param name="output">Where to.</param>
internal sealed class RowView(Tokenizer? tokenizer, TextWriter output)
{
    private const int MostCharacters = 300;
    private const int MostTokens = 40;

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
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"row {row.Line}"));
        foreach (string column in row.Columns)
            output.WriteLine($"  {column}: {Shortened(row[column])}");
        if (tokenizer is null)
            return;
        if (IsText(row, DatasetColumns.Prompt) && IsText(row, DatasetColumns.Completion))
        {
            Tokens("prompt tokens (mask 0)", tokenizer.Encode(row.GetString(DatasetColumns.Prompt)));
            Tokens("completion tokens (mask 1)", tokenizer.Encode(row.GetString(DatasetColumns.Completion), addSpecialTokens: false));
        }
        else if (IsText(row, DatasetColumns.Prompt))
        {
            Tokens("prompt tokens (mask 0)", tokenizer.Encode(row.GetString(DatasetColumns.Prompt)));
        }
        else if (IsText(row, DatasetColumns.Text))
        {
            Tokens("text tokens (mask 1)", tokenizer.Encode(row.GetString(DatasetColumns.Text)));
        }
    }

    private static bool IsText(Row row, string column) => row.TryGet(column, out JsonElement value) && value.ValueKind == JsonValueKind.String;

    private void Tokens(string title, int[] ids)
    {
        IEnumerable<string> shown = ids.Take(MostTokens).Select(id => $"{id}:{JsonLine.Quote(tokenizer!.Decode([id]))}");
        string more = ids.Length > MostTokens ? " ..." : "";
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {title}: {ids.Length}: {string.Join(' ', shown)}{more}"));
    }

    private static string Shortened(JsonElement value)
    {
        string text = value.GetRawText();
        return text.Length <= MostCharacters ? text : FormattableString.Invariant($"{text[..MostCharacters]}... ({text.Length} characters)");
    }
}
