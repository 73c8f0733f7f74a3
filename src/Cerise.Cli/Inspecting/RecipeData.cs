using System.Globalization;
using Cerise.Data.Conversations;
using Cerise.Data.Datasets;
using Cerise.Models.Configs;
using Cerise.Training.Recipes;
using Cerise.Training.Stages;
using Cerise.Training.Tasks;

namespace Cerise.Cli.Inspecting;

/// <summary>The data of a recipe's stages, as far as they are there: read, mixed and divided as the stages themselves do it.</summary>
/// <param name="recipe">The recipe.</param>
/// <param name="run">The run's folder, where earlier stages' results may lie.</param>
/// <param name="most">Rows to show of each file.</param>
internal sealed class RecipeData(RecipeDocument recipe, string run, int most)
{
    /// <summary>What to say, or to show, of each stage that trains on conversations or prompts.</summary>
    /// <returns>For the rows to train on, and for those to evaluate on: a note, and the rows where they are there.</returns>
    public IEnumerable<(string Note, Inspection? Inspection)> Stages(IReadOnlyList<object> options)
    {
        foreach (RecipeStage stage in recipe.Stages)
            foreach ((string, Inspection?) found in options[stage.Index] switch
            {
                SftStageOptions sft => Look(stage, sft.Model, sft.Sources(), (folder, rows, title) => Examples(sft, folder, rows, title)),
                GrpoStageOptions grpo => Look(stage, grpo.Model, grpo.Sources(), (folder, rows, title) => Prompts(grpo, folder, rows, title)),
                _ => [],
            })
                yield return found;
    }

    private IEnumerable<(string Note, Inspection? Inspection)> Look(
        RecipeStage stage, string model, RowSources sources, Func<string, IReadOnlyList<Row>, string, Inspection> inspect)
    {
        string[] absent = [.. sources.Files().Select(file => Absence(file.Reference)).OfType<string>()];
        if (absent.Length > 0)
            return absent.Select(reason => ($"{stage.Title}: {reason}", (Inspection?)null));
        (string folder, RecipeStage? teacher) = StageReference.Resolve(recipe, run, model);
        if (!Directory.Exists(folder))
            return [($"{stage.Title}: {sources.Data} is there, but not the tokenizer: {model} {WhoMakes(teacher)}", null)];
        (IReadOnlyList<Row> training, IReadOnlyList<Row> validation) =
            sources.Read((_, reference) => StageReference.Resolve(recipe, run, reference).Path, StageContext.SeedOf(recipe, stage), stage.Title);
        string own = StageReference.Resolve(recipe, run, sources.Data).Path;
        string mixed = string.Concat(sources.Mix.Select(source => $", {source.Data} (weight {Text(source.Weight)})"));
        string title = $"{stage.Title}: {own}{(mixed.Length > 0 ? " (weight 1)" : "")}{mixed}";
        if (validation.Count == 0)
            return [(title, inspect(folder, training, title))];
        string heldBack = sources.EvalData.Length > 0
            ? $"{stage.Title}, validation: {StageReference.Resolve(recipe, run, sources.EvalData).Path}"
            : $"{stage.Title}, validation: {Text(validation.Count)} of {Text(training.Count + validation.Count)} rows, held back by what they hold";
        title = $"{stage.Title}, training{title[stage.Title.Length..]}";
        return [(title, inspect(folder, training, title)), (heldBack, inspect(folder, validation, heldBack))];
    }

    private Inspection Examples(SftStageOptions options, string folder, IReadOnlyList<Row> rows, string title)
    {
        var source = ModelSource.Find(folder, options.Adapter.Length > 0 ? StageReference.Resolve(recipe, run, options.Adapter).Path : null);
        var text = ModelText.Load(source, options.ChatTemplate, options.EosToken);
        ChatTokenizer chat = text.Chat(options.TokenizerOptions(options.ContextOf(ModelConfig.Load(source.Model))));
        return Inspection.Of(
            title, options.Reader(chat, dropBadRows: true).Read(rows), chat, ModelFacts.Of(source.Model, text.Tokenizer), asPrompts: false, most, options.DropBadRows);
    }

    private Inspection Prompts(GrpoStageOptions options, string folder, IReadOnlyList<Row> rows, string title)
    {
        ModelSource source = ModelSource.Find(folder, options.Adapter.Length > 0 ? StageReference.Resolve(recipe, run, options.Adapter).Path : null);
        var text = ModelText.Load(source);
        ChatTokenizer chat = text.Chat(new ChatTokenizerOptions { MaxLength = options.MaxPromptLength });
        Func<Row, string>? question = TemplateSetting.TextOf(options.Template) is { } template ? row => PromptTemplate.Fill(template, row.GetString("question")) : null;
        return Inspection.Of(
            title, rows.Select(row => new ChatRow(row, chat.Encode(PromptOf(row, question)), null)), chat, ModelFacts.Of(source.Model, text.Tokenizer), asPrompts: true, most);
    }

    /// <summary>What the policy is given of a row: all up to the last answer, which is left to it.</summary>
    private static Conversation PromptOf(Row row, Func<Row, string>? question)
    {
        if (question is not null)
            return new Conversation { Plain = new PlainText(question(row), null), Layout = ConversationLayout.Prompt, File = row.File, Line = row.Line };
        Conversation read = new ConversationReader().Read(row);
        return read with { Messages = read.PromptMessages, Plain = read.Plain is { } plain ? plain with { Completion = null } : null, Layout = ConversationLayout.Prompt };
    }

    /// <summary>Why a file cannot be read yet; null where it can.</summary>
    private string? Absence(string reference)
    {
        (string path, RecipeStage? maker) = StageReference.Resolve(recipe, run, reference);
        return File.Exists(path) ? null : reference.Length == 0 ? "data is not set" : $"{reference} {WhoMakes(maker)}";
    }

    private static string WhoMakes(RecipeStage? maker) => maker is null ? "does not exist" : $"will be made by {maker.Title}";

    private static string Text(double number) => number.ToString(CultureInfo.InvariantCulture);
}
