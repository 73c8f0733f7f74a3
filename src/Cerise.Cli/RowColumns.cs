using System.Text.Json;
using Cerise.Data.Datasets;

namespace Cerise.Cli;

/// <summary>Reads the kinds of columns that verbs share from a row.</summary>
internal static class RowColumns
{
    /// <summary>A list of token ids.</summary>
    /// <param name="row">The row.</param>
    /// <param name="column">Its column.</param>
    /// <param name="vocabSize">Ids are below this; by default any id from 0 on.</param>
    /// <exception cref="DatasetException">The column is missing or holds something else.</exception>
    public static int[] GetIds(this Row row, string column, int vocabSize = int.MaxValue)
    {
        JsonElement value = row[column];
        if (value.ValueKind != JsonValueKind.Array)
            throw row.Fault(column, "is no list; a list of token ids, such as [1, 2], is expected");
        int[] ids = new int[value.GetArrayLength()];
        int i = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (item.ValueKind != JsonValueKind.Number || !item.TryGetInt32(out ids[i]) || ids[i] < 0)
                throw row.Fault(column, $"holds {Shortened(item)}, which is no token id");
            if (ids[i] >= vocabSize)
                throw row.Fault(column, $"holds the id {ids[i]}; the model's vocabulary has the ids 0 to {vocabSize - 1}");
            i++;
        }
        return ids;
    }

    private static string Shortened(JsonElement item) => item.GetRawText() is { Length: > 40 } text ? text[..40] + "..." : item.GetRawText();
}
