using System.Text.Json;
using Cerise.Data;
using Cerise.Data.Datasets;

namespace Cerise.Training.Rollouts;

/// <summary>A prompt to sample from, with what its rewards need to know.</summary>
/// <param name="Text">As the model sees it.</param>
/// <param name="Ids">Its tokens.</param>
/// <param name="Columns">The dataset row's columns, such as <c>answer</c>.</param>
public sealed record Prompt(string Text, IReadOnlyList<int> Ids, IReadOnlyDictionary<string, JsonElement> Columns)
{
    /// <summary>Reads prompts from rows with a <c>prompt</c> column, or builds them with a template from the <c>question</c> column.</summary>
    /// <param name="rows">The dataset.</param>
    /// <param name="tokenizer">The model's.</param>
    /// <param name="template">Text with <c>{question}</c> in it, or null to use <c>prompt</c> as it is.</param>
    /// <exception cref="DatasetException">A row has not the column asked for.</exception>
    public static IReadOnlyList<Prompt> Read(IEnumerable<Row> rows, ITokenizer tokenizer, string? template = null)
    {
        ArgumentNullException.ThrowIfNull(rows);
        ArgumentNullException.ThrowIfNull(tokenizer);
        List<Prompt> prompts = [];
        foreach (Row row in rows)
        {
            string text = template is null ? row.GetString(DatasetColumns.Prompt) : Tasks.PromptTemplate.Fill(template, row.GetString("question"));
            prompts.Add(new Prompt(text, tokenizer.Encode(text), row.Columns.ToDictionary(column => column, column => row[column].Clone())));
        }
        return prompts;
    }
}
