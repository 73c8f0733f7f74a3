using System.Text.Json;

namespace Cerise.Data.Datasets;

/// <summary>What a row is an example of, and whether it is text or a conversation.</summary>
/// <param name="Kind">What it is an example of.</param>
/// <param name="IsConversational">Whether its texts are lists of messages, to be rendered by a chat template.</param>
public readonly record struct DatasetType(DatasetKind Kind, bool IsConversational)
{
    // From most to least columns, so that a row counts as the richest kind it can be.
    private static readonly (DatasetKind Kind, string[] Columns)[] Kinds =
    [
        (DatasetKind.Preference, [DatasetColumns.Chosen, DatasetColumns.Rejected]),
        (DatasetKind.UnpairedPreference, [DatasetColumns.Prompt, DatasetColumns.Completion, DatasetColumns.Label]),
        (DatasetKind.PromptCompletion, [DatasetColumns.Prompt, DatasetColumns.Completion]),
        (DatasetKind.LanguageModeling, [DatasetColumns.Messages]),
        (DatasetKind.LanguageModeling, [DatasetColumns.Text]),
        (DatasetKind.PromptOnly, [DatasetColumns.Prompt]),
    ];

    /// <summary>The richest kind the row's columns allow.</summary>
    /// <exception cref="DatasetException">The columns are those of no kind, or a text is neither a string nor a list of messages.</exception>
    public static DatasetType Detect(Row row) => Require(row, Enum.GetValues<DatasetKind>());

    /// <summary>The richest of the accepted kinds that the row's columns allow; other columns may be there too.</summary>
    /// <param name="row">A row, usually the first.</param>
    /// <param name="accepted">Kinds the caller can use.</param>
    /// <exception cref="DatasetException">The columns allow none of them, or a text is neither a string nor a list of messages.</exception>
    public static DatasetType Require(Row row, params ReadOnlySpan<DatasetKind> accepted)
    {
        ArgumentNullException.ThrowIfNull(row);
        foreach ((DatasetKind kind, string[] columns) in Kinds)
            if (accepted.Contains(kind) && columns.All(row.Has))
                return new DatasetType(kind, HoldsMessages(row, columns[0]));

        var expected = new List<string>();
        foreach ((DatasetKind kind, string[] columns) in Kinds)
            if (accepted.Contains(kind))
                expected.Add(string.Join(" + ", columns));
        throw row.Fault(
            $"has the columns {row.ColumnList}; expected are {string.Join(", or ", expected)}. Rename the columns, or map them to these names.");
    }

    private static bool HoldsMessages(Row row, string column)
    {
        JsonElement value = row[column];
        if (value.ValueKind == JsonValueKind.String && column != DatasetColumns.Messages)
            return false;
        if (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() > 0 && column != DatasetColumns.Text
            && value.EnumerateArray().All(message => message.ValueKind == JsonValueKind.Object && message.TryGetProperty("role", out _)))
            return true;
        throw row.Fault(column, column switch
        {
            DatasetColumns.Messages => "is no list of messages with a 'role' each",
            DatasetColumns.Text => "is no string",
            _ => "is neither a string nor a list of messages with a 'role' each",
        });
    }
}
