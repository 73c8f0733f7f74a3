using System.Text.Json;
using Cerise.Training.Evaluation;

namespace Cerise.Training.Tasks;

/// <summary>Makes sure that no evaluation question occurs, as a whole, in a training file. Case, punctuation and spacing do not matter.</summary>
/// <remarks>This finds copies, not paraphrases; for near copies see <see cref="NGramOverlap"/>.</remarks>
public static class ContaminationCheck
{
    /// <summary>Checks files of JSON lines; every text anywhere in a training row counts.</summary>
    /// <param name="evaluation">The evaluation; its column <c>question</c>, or else <c>prompt</c>, holds the question.</param>
    /// <param name="training">The files a model is trained on: corpus, prompts, ...</param>
    /// <returns>How many questions were looked for.</returns>
    /// <exception cref="ContaminationException">A question occurs; names the first one.</exception>
    /// <exception cref="TaskException">A file cannot be read, or a row has no question; names file and line.</exception>
    public static int Run(string evaluation, params IEnumerable<string> training)
    {
        ArgumentNullException.ThrowIfNull(training);
        var index = new QuestionIndex(Questions(evaluation));
        foreach (string file in training)
            foreach ((long line, JsonElement row) in JsonLines.Read(file))
                foreach (string text in Texts(file, line, row))
                    if (index.FindIn(text) is { } question)
                        throw new ContaminationException(question, file, line);
        return index.Count;
    }

    /// <summary>The questions of an evaluation.</summary>
    /// <exception cref="TaskException">The file cannot be read, or a row has no question.</exception>
    internal static IEnumerable<string> Questions(string evaluation) => JsonLines.Read(evaluation).Select(row => Question(evaluation, row.Line, row.Row));

    private static string Question(string file, long line, JsonElement row)
    {
        foreach (string column in new[] { "question", "prompt" })
            if (row.TryGetProperty(column, out JsonElement value) && value.ValueKind == JsonValueKind.String)
                return JsonLines.Text(file, line, value);
        throw new TaskException($"{file}, line {line}: has no text column 'question' or 'prompt'. Name the column with the question so.");
    }

    private static IEnumerable<string> Texts(string file, long line, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => [JsonLines.Text(file, line, value)],
        JsonValueKind.Array => value.EnumerateArray().SelectMany(item => Texts(file, line, item)),
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property => Texts(file, line, property.Value)),
        _ => [],
    };
}
