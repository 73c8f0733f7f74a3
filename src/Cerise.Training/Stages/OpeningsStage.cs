using System.Text.RegularExpressions;
using Cerise.Data.Datasets;
using Cerise.Tensors;
using Cerise.Training.Runs;

namespace Cerise.Training.Stages;

/// <summary>Makes prompts from real text: the beginnings of its paragraphs, for a model to go on with.</summary>
public sealed partial class OpeningsStage(OpeningsStageOptions options) : IStage
{
    /// <inheritdoc/>
    public void Run(StageContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        context.Run.BeginStage(context.Stage.Name);
        context.Progress.StageStarted(context.Stage.Name, 1);
        string path = context.Input("data", options.Data);
        string[] openings = [.. Openings(PlainFile.ReadAllText(path), context.Seed)];
        if (openings.Length == 0)
            throw new TrainingException($"{context.Stage.Title}: {path} has no paragraph of at least {options.MaxWords + 1} words that begins with a capital letter");
        AtomicFolder.Write(context.Output, folder =>
        {
            using JsonlWriter writer = new(Path.Combine(folder, "prompts.jsonl"));
            foreach (string opening in openings)
                writer.Write(Row.From((DatasetColumns.Prompt, opening)));
            writer.Complete();
        });
        context.Progress.Message($"{openings.Length} openings");
        context.Run.FinishStage(context.Stage.Name, 1);
        context.Progress.Step(1, []);
        context.Progress.StageEnded();
    }

    /// <inheritdoc/>
    public IEnumerable<string> Plan() => [$"at most {options.Prompts} prompts from {options.Data}"];

    // Prose only: a paragraph begins with a capital letter and is longer than what is taken of it.
    private IEnumerable<string> Openings(string text, Seed seed)
    {
        string[][] paragraphs = [.. ParagraphBreak().Split(text)
            .Select(paragraph => paragraph.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words.Length > options.MaxWords && char.IsAsciiLetterUpper(words[0][0]) && words[0].Any(char.IsAsciiLetterLower))];
        int[] order = seed.Fork("paragraphs").Permutation(paragraphs.Length);
        Seed lengths = seed.Fork("lengths");
        return order
            .Select((paragraph, i) => string.Join(' ', paragraphs[paragraph].Take(options.MinWords + lengths.Below(i, options.MaxWords - options.MinWords + 1))))
            .Distinct()
            .Take(options.Prompts);
    }

    [GeneratedRegex(@"\r?\n[ \t]*\r?\n")]
    private static partial Regex ParagraphBreak();
}
